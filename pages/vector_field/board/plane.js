// The plane: the distance that each place is moved as colour, arrows on a grid, the data, and what the visitor drops.

import { contextOf } from "../../../ui/output/picture.js"
import { sharp } from "../../../ui/output/canvas.js"
import { arrow, colorOf, css, dot, EASE } from "./canvas.js"

const PLANE_REACH = 1.5 // of the plane, at least, to each side
const CELL = 0.075 // between the places whose colour is computed; every second one has an arrow

export class PlaneView {
  dim = 2
  width = 0 // CSS pixels of the canvas
  height = 0
  scale = 1 // CSS pixels a unit of the plane
  columns = 0 // of the grid
  rows = 0
  grid = new Float64Array(0)
  target = new Float32Array(0) // where the network sends the grid's places
  shown = new Float32Array(0) // on its way there
  picture = document.createElement("canvas")

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
    this.fit()
  }

  /** The grid follows the canvas. Returns whether it has changed. */
  fit() {
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight]
    if (!width || (width === this.width && height === this.height)) return false
    this.width = width
    this.height = height
    this.scale = Math.min(width, height) / (2 * PLANE_REACH)
    const across = Math.ceil(width / 2 / this.scale / CELL / 2) * 2 // even, so that arrows are symmetric
    const up = Math.ceil(height / 2 / this.scale / CELL / 2) * 2
    this.columns = 2 * across + 1
    this.rows = 2 * up + 1
    this.grid = new Float64Array(2 * this.columns * this.rows)
    for (let row = 0, at = 0; row < this.rows; row++) {
      for (let column = 0; column < this.columns; column++, at += 2) {
        this.grid[at] = (column - across) * CELL
        this.grid[at + 1] = (up - row) * CELL
      }
    }
    this.target = Float32Array.from(this.grid)
    this.shown = Float32Array.from(this.grid)
    this.picture.width = this.columns
    this.picture.height = this.rows
    return true
  }

  /** The network's answer for the grid. */
  learn(moved) {
    if (moved.length === this.target.length) this.target = moved
  }

  /** A step towards the network's answer; returns whether there is more to go. */
  ease(calm) {
    const { shown, target } = this
    let far = 0
    for (let i = 0; i < shown.length; i++) {
      const gap = target[i] - shown[i]
      shown[i] += calm ? gap : EASE * gap
      if (gap > far) far = gap
      else if (-gap > far) far = -gap
    }
    return !calm && far > 0.002
  }

  toPixels([x, y]) {
    return [this.width / 2 + x * this.scale, this.height / 2 - y * this.scale]
  }

  toPlace(px, py) {
    return [(px - this.width / 2) / this.scale, (this.height / 2 - py) / this.scale]
  }

  /** The outermost places of the plane that are in sight. */
  get edges() {
    return this.toPlace(this.width, 0)
  }

  /** @param {any} scene  see Board.scene */
  paint(scene) {
    const sheet = sharp(this.canvas)
    if (!sheet || this.width !== sheet.width) return
    const { ctx } = sheet
    this.paintDistances(ctx, scene.theme)
    this.paintArrows(ctx, scene.theme)
    this.paintData(ctx, scene)
    if (scene.batch) this.paintBatch(ctx, scene)
    this.paintCorners(ctx, scene)
    for (const walker of scene.walkers.list) this.paintWalker(ctx, walker, scene)
    if (scene.pointer) this.paintPointer(ctx, scene)
  }

  paintDistances(ctx, { ramp }) {
    const { shown, grid, columns, rows, picture } = this
    const small = contextOf(picture)
    const image = small.createImageData(columns, rows)
    for (let i = 0, at = 0; i < columns * rows; i++, at += 2) {
      const color = colorOf(Math.hypot(shown[at] - grid[at], shown[at + 1] - grid[at + 1]), ramp)
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = color[c]
      image.data[4 * i + 3] = 255
    }
    small.putImageData(image, 0, 0)
    const [left, top] = this.toPixels([grid[0] - CELL / 2, grid[1] + CELL / 2])
    ctx.imageSmoothingEnabled = true
    ctx.imageSmoothingQuality = "low" // five times as fast where no graphics card helps
    ctx.drawImage(picture, left, top, columns * CELL * this.scale, rows * CELL * this.scale)
  }

  paintArrows(ctx, theme) {
    const { shown, grid, columns, rows, scale } = this
    const room = 2 * CELL * scale // px between two arrows
    ctx.lineWidth = Math.max(1.15, room / 24)
    ctx.lineCap = ctx.lineJoin = "round"
    ctx.strokeStyle = theme.text
    ctx.globalAlpha = 0.82
    for (let row = 0; row < rows; row += 2) {
      for (let column = 0; column < columns; column += 2) {
        const at = 2 * (row * columns + column)
        const [dx, dy] = [shown[at] - grid[at], shown[at + 1] - grid[at + 1]]
        const length = Math.hypot(dx, dy)
        const drawn = (room * 0.95 * length) / (length + 0.16) // long ones would lie over each other: colour says how long
        const [px, py] = this.toPixels([grid[at], grid[at + 1]])
        ctx.beginPath() // one by one: a path of them all takes three times as long
        arrow(ctx, px, py, (drawn * dx) / length, (-drawn * dy) / length, Math.min(0.24 * room, 7))
        ctx.stroke()
      }
    }
    ctx.globalAlpha = 1
  }

  paintData(ctx, { points, theme }) {
    ctx.beginPath()
    const radius = Math.max(2, this.scale / 68)
    for (let i = 0; i < points.length; i += 2) {
      const [px, py] = this.toPixels([points[i], points[i + 1]])
      ctx.moveTo(px + radius, py)
      ctx.arc(px, py, radius, 0, 7)
    }
    ctx.lineWidth = 1.6
    ctx.strokeStyle = theme.ground
    ctx.stroke()
    ctx.fillStyle = theme.data
    ctx.fill()
  }

  /** After a single step: the batch that it saw, each noisy point with a line to where it came from. */
  paintBatch(ctx, { batch: { clean, given }, theme }) {
    ctx.beginPath()
    for (let i = 0; i < clean.length; i += 2) {
      ctx.moveTo(...this.toPixels([given[i], given[i + 1]]))
      ctx.lineTo(...this.toPixels([clean[i], clean[i + 1]]))
    }
    ctx.lineWidth = 1.2
    ctx.strokeStyle = theme.data
    ctx.stroke()
    ctx.beginPath()
    for (let i = 0; i < given.length; i += 2) {
      const [px, py] = this.toPixels([given[i], given[i + 1]])
      ctx.moveTo(px + 2.6, py)
      ctx.arc(px, py, 2.6, 0, 7)
    }
    ctx.fillStyle = theme.ground
    ctx.fill()
    ctx.stroke()
  }

  /** Four small marks at the corners of the square within +-1, where the lecture looks. */
  paintCorners(ctx, { theme }) {
    ctx.beginPath()
    for (const [x, y] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ]) {
      const [px, py] = this.toPixels([x, y])
      ctx.moveTo(px - 5 * x, py)
      ctx.lineTo(px, py)
      ctx.lineTo(px, py + 5 * y)
    }
    ctx.lineWidth = 2
    ctx.strokeStyle = theme.primary
    ctx.stroke()
  }

  paintWalker(ctx, { trail, samples, noisy }, { theme, walkers }) {
    const places = trail.map((place) => this.toPixels(place))
    const last = places[places.length - 1]
    if (walkers.wandering) {
      ctx.fillStyle = theme.primary
      ctx.globalAlpha = 0.75
      for (const sample of samples) {
        const [px, py] = this.toPixels(sample)
        ctx.fillRect(px - 1.5, py - 1.5, 3, 3)
      }
      ctx.globalAlpha = 1
    }
    for (const [width, color] of [
      [4.5, theme.ground],
      [2.2, theme.primary],
    ]) {
      ctx.beginPath()
      for (const place of places) ctx.lineTo(...place)
      ctx.lineWidth = width
      ctx.strokeStyle = color
      ctx.stroke()
    }
    if (walkers.wandering && noisy) {
      const [px, py] = this.toPixels(noisy)
      ctx.beginPath()
      ctx.moveTo(px, py)
      ctx.lineTo(...last)
      ctx.setLineDash([3, 3])
      ctx.stroke()
      ctx.setLineDash([])
      dot(ctx, px, py, 3, theme.ground, theme.primary)
    } else {
      for (const [px, py] of places.slice(1, 6)) dot(ctx, px, py, 2.6, theme.primary, theme.ground)
      dot(ctx, ...places[0], 4, theme.ground, theme.primary)
    }
    dot(ctx, ...last, 6.5, theme.primary, theme.ground)
  }

  /** Under the pointer: the true arrow, and how long it is. */
  paintPointer(ctx, { pointer, walkers, theme, drawing }) {
    const [px, py] = this.toPixels(pointer)
    if (drawing) {
      ctx.beginPath()
      ctx.arc(px, py, 7, 0, 7)
      ctx.lineWidth = 2
      ctx.strokeStyle = theme.data
      ctx.stroke()
      return
    }
    const [tx, ty] = this.toPixels(walkers.denoise(pointer))
    for (const [width, color] of [
      [6, theme.ground],
      [2.6, theme.data],
    ]) {
      ctx.beginPath()
      arrow(ctx, px, py, tx - px, ty - py, 11)
      ctx.lineWidth = width
      ctx.strokeStyle = color
      ctx.stroke()
    }
    dot(ctx, px, py, 3.5, theme.data, theme.ground)
    const text = `moves ${(Math.hypot(tx - px, ty - py) / this.scale).toFixed(2)}`
    const above = ty > py ? -12 : 22
    label(ctx, text, px, py + above, theme, this.width)
  }

  /** The legend's colours, from left to right, as a CSS gradient. */
  static gradient(ramp) {
    const stops = Array.from({ length: 11 }, (_, i) => css(colorOf(i / 10, ramp)))
    return `linear-gradient(90deg, ${stops.join(", ")})`
  }
}

/** A short text on the canvas, within its width. */
export function label(ctx, text, x, y, theme, width) {
  ctx.font = `600 13px ${theme.font}`
  const half = ctx.measureText(text).width / 2 + 4
  const middle = Math.min(Math.max(x, half), width - half)
  ctx.textAlign = "center"
  ctx.lineJoin = "round"
  ctx.lineWidth = 4
  ctx.strokeStyle = theme.ground
  ctx.strokeText(text, middle, y)
  ctx.fillStyle = theme.text
  ctx.fillText(text, middle, y)
}
