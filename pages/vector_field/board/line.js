// The same on a line: x against r(x). Where the curve crosses the diagonal a point stays; on a falling crossing its
// neighbours come to it.

import { bestDenoiser } from "../trainer/truth.js"
import { sharp } from "../../../ui/output/canvas.js"
import { arrow, colorOf, css, dot, EASE } from "./canvas.js"
import { label } from "./plane.js"

const LINE_REACH = 1.5
const STEP = 0.01

export class LineView {
  dim = 1
  width = 0 // CSS pixels of the canvas
  height = 0
  scaleX = 1 // CSS pixels a unit
  scaleY = 1
  pad = { left: 44, right: 14, top: 12, bottom: 64 }
  grid = Float64Array.from({ length: 2 * Math.round(LINE_REACH / STEP) + 1 }, (_, i) => i * STEP - LINE_REACH)
  target = Float32Array.from(this.grid)
  shown = Float32Array.from(this.grid)

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
    this.fit()
  }

  fit() {
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight]
    const changed = width !== this.width || height !== this.height
    this.width = width
    this.height = height
    this.scaleX = (width - this.pad.left - this.pad.right) / (2 * LINE_REACH)
    this.scaleY = (height - this.pad.top - this.pad.bottom) / (2 * LINE_REACH)
    return changed
  }

  learn(moved) {
    if (moved.length === this.target.length) this.target = moved
  }

  ease(calm) {
    let far = 0
    for (let i = 0; i < this.shown.length; i++) {
      const gap = this.target[i] - this.shown[i]
      this.shown[i] += calm ? gap : EASE * gap
      far = Math.max(far, Math.abs(gap))
    }
    return !calm && far > 0.002
  }

  toPixels([x, y]) {
    const { left, top } = this.pad
    return [left + (x + LINE_REACH) * this.scaleX, top + (LINE_REACH - y) * this.scaleY]
  }

  toPlace(px) {
    const x = (px - this.pad.left) / this.scaleX - LINE_REACH
    return [Math.max(-LINE_REACH, Math.min(LINE_REACH, x))]
  }

  get edges() {
    return [LINE_REACH]
  }

  /** Where the network's curve crosses the diagonal. */
  get crossings() {
    return crossingsOf(this.grid, this.target)
  }

  /** Where the best possible denoiser's does. */
  bestCrossings(points, sigma) {
    return crossingsOf(this.grid, bestDenoiser(this.grid, sigma, points, 1))
  }

  paint(scene) {
    const sheet = sharp(this.canvas)
    if (!sheet || !this.width) return
    const { ctx } = sheet
    const { theme } = scene
    this.paintAxes(ctx, theme)
    this.paintArrows(ctx, theme)
    if (scene.points.length)
      this.paintCurve(ctx, bestDenoiser(this.grid, scene.sigma, scene.points, 1), theme.muted, 2, [2, 5])
    this.paintCurve(ctx, this.shown, theme.text, 3)
    this.paintPoints(ctx, scene)
    for (const walker of scene.walkers.list) this.paintWalker(ctx, walker, scene)
    if (scene.pointer) this.paintPointer(ctx, scene)
  }

  paintAxes(ctx, theme) {
    ctx.strokeStyle = theme.line
    ctx.lineWidth = 1
    ctx.beginPath()
    for (const value of [-1, 0, 1]) {
      ctx.moveTo(...this.toPixels([value, -LINE_REACH]))
      ctx.lineTo(...this.toPixels([value, LINE_REACH]))
      ctx.moveTo(...this.toPixels([-LINE_REACH, value]))
      ctx.lineTo(...this.toPixels([LINE_REACH, value]))
    }
    ctx.stroke()
    ctx.beginPath()
    ctx.moveTo(...this.toPixels([-LINE_REACH, -LINE_REACH]))
    ctx.lineTo(...this.toPixels([LINE_REACH, LINE_REACH]))
    ctx.setLineDash([7, 5])
    ctx.lineWidth = 1.6
    ctx.strokeStyle = theme.muted
    ctx.stroke()
    ctx.setLineDash([])
    ctx.font = `13px ${theme.font}`
    ctx.fillStyle = theme.muted
    ctx.textAlign = "right"
    ctx.textBaseline = "middle"
    for (const value of [-1, 0, 1]) {
      const [, py] = this.toPixels([-LINE_REACH, value])
      ctx.fillText(String(value).replace("-", "\u2212"), this.pad.left - 8, py)
    }
    const [left, top] = this.toPixels([-LINE_REACH, LINE_REACH])
    ctx.textAlign = "left"
    ctx.textBaseline = "alphabetic"
    ctx.fillText("r(x)", left + 6, top + 14)
    const [px, py] = this.toPixels([0.93, 1.18])
    ctx.textAlign = "right"
    ctx.fillText("r(x) = x", px, py)
  }

  /** Below the curve: where it pushes each x, and how far as colour. */
  paintArrows(ctx, theme) {
    const { grid, shown } = this
    const [left, bottom] = this.toPixels([-LINE_REACH, -LINE_REACH])
    const top = bottom + 10
    const high = 26
    const across = STEP * this.scaleX
    grid.forEach((x, i) => {
      ctx.fillStyle = css(colorOf(Math.abs(shown[i] - x), theme.ramp))
      ctx.fillRect(left + (i - 0.5) * across, top, across + 0.7, high)
    })
    ctx.beginPath()
    for (let i = 5; i < grid.length; i += 10) {
      const move = shown[i] - grid[i]
      const room = 10 * across
      const drawn = (room * 0.9 * Math.abs(move)) / (Math.abs(move) + 0.12)
      arrow(ctx, left + i * across, top + high / 2, Math.sign(move) * drawn, 0, 6)
    }
    ctx.lineWidth = 1.5
    ctx.lineCap = ctx.lineJoin = "round"
    ctx.strokeStyle = theme.text
    ctx.stroke()
    ctx.fillStyle = theme.muted
    ctx.textAlign = "center"
    for (const value of [-1, 0, 1]) {
      ctx.fillText(String(value).replace("-", "\u2212"), this.toPixels([value, 0])[0], top + high + 16)
    }
    ctx.fillText("x", this.toPixels([LINE_REACH - 0.04, 0])[0], top + high + 16)
  }

  paintCurve(ctx, values, color, width, dashes = /** @type {number[]} */ ([])) {
    ctx.beginPath()
    this.grid.forEach((x, i) => ctx.lineTo(...this.toPixels([x, values[i]])))
    ctx.lineWidth = width
    ctx.lineJoin = ctx.lineCap = "round"
    ctx.strokeStyle = color
    ctx.setLineDash(dashes)
    ctx.stroke()
    ctx.setLineDash([])
  }

  paintPoints(ctx, { points, theme }) {
    for (const { x, stays } of crossingsOf(this.grid, this.shown)) {
      const [px, py] = this.toPixels([x, x])
      ctx.beginPath()
      ctx.arc(px, py, stays ? 10 : 6, 0, 7)
      ctx.lineWidth = 2
      ctx.strokeStyle = stays ? theme.text : theme.muted
      ctx.stroke()
    }
    for (const x of points) {
      const [px, py] = this.toPixels([x, x])
      ctx.beginPath()
      ctx.moveTo(px, py)
      ctx.lineTo(px, this.toPixels([0, -LINE_REACH])[1] + 10)
      ctx.lineWidth = 1
      ctx.strokeStyle = theme.data
      ctx.stroke()
      dot(ctx, px, py, 5.5, theme.data, theme.ground)
    }
  }

  /** A cobweb: up to the curve, across to the diagonal, and again. */
  paintWalker(ctx, { trail, samples }, { theme, walkers }) {
    const [, bottom] = this.toPixels([0, -LINE_REACH])
    ctx.fillStyle = theme.primary
    if (walkers.wandering) {
      ctx.globalAlpha = 0.5
      for (const [x] of samples) ctx.fillRect(this.toPixels([x, 0])[0] - 1, bottom - 12, 2, 12)
      ctx.globalAlpha = 1
    }
    ctx.beginPath()
    if (!walkers.wandering) ctx.moveTo(this.toPixels([trail[0][0], 0])[0], bottom)
    for (let i = 1; i < trail.length && !walkers.wandering; i++) {
      const [[from], [to]] = [trail[i - 1], trail[i]]
      ctx.lineTo(...this.toPixels([from, to]))
      ctx.lineTo(...this.toPixels([to, to]))
    }
    ctx.lineWidth = 2.2
    ctx.strokeStyle = theme.primary
    ctx.stroke()
    const last = this.toPixels([trail[trail.length - 1][0], trail[trail.length - 1][0]])
    dot(ctx, last[0], walkers.wandering ? bottom : last[1], 6.5, theme.primary, theme.ground)
  }

  paintPointer(ctx, { pointer: [x], walkers, theme, drawing }) {
    const [px, bottom] = this.toPixels([x, -LINE_REACH])
    if (drawing) return dot(ctx, px, this.toPixels([x, x])[1], 6, theme.ground, theme.data)
    const [to] = walkers.denoise([x])
    const [, py] = this.toPixels([x, to])
    ctx.beginPath()
    ctx.moveTo(px, bottom)
    ctx.lineTo(px, py)
    ctx.lineWidth = 1.5
    ctx.strokeStyle = theme.data
    ctx.stroke()
    dot(ctx, px, py, 4, theme.data, theme.ground)
    label(ctx, `moves ${Math.abs(to - x).toFixed(2)}`, px, py + (to > x ? -14 : 24), theme, this.width)
  }
}

/**
 * Where a curve crosses the diagonal, and whether points come there or leave.
 * @returns {{ x: number, stays: boolean }[]}
 */
function crossingsOf(grid, values) {
  const list = /** @type {{ x: number, stays: boolean }[]} */ ([])
  for (let i = 1; i < grid.length; i++) {
    const [before, after] = [values[i - 1] - grid[i - 1], values[i] - grid[i]]
    if (before > 0 === after > 0) continue
    list.push({ x: grid[i - 1] + (STEP * before) / (before - after), stays: before > 0 })
  }
  return list
}
