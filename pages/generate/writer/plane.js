// The plane of a code of two numbers: a map of one digit's styles that is moved over with mouse, finger or keys.

import { contextOf, SIDE } from "../../../ui/output/picture.js"
import { digitCanvas, paintDigit } from "../../../ui/output/tiles.js"

const PLANE_REACH = 2.6 // of the plane to each side, standard deviations of the prior
const CELLS = 11 // digits a side behind the plane
const clampToPlane = (value) => Math.max(-PLANE_REACH, Math.min(PLANE_REACH, value))

export class StylePlane {
  hovered = /** @type {?number[]} */ (null) // [x, y] while the pointer is over it
  shown = /** @type {any} */ (null) // what `draw` was given last

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{preview: () => void, pin: (z: ?number[]) => void}} host  preview: `hovered` has changed; pin: the visitor
   *   chose a place, or with null the one that the page came with
   */
  constructor(canvas, host) {
    this.canvas = canvas
    const place = ({ clientX, clientY }) => {
      const box = canvas.getBoundingClientRect()
      const at = (share) => clampToPlane((2 * share - 1) * PLANE_REACH)
      return [at((clientX - box.left) / box.width), -at((clientY - box.top) / box.height)]
    }
    const hover = (z) => {
      this.hovered = z
      host.preview()
    }
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId)
      this.dragging = true
      hover(place(event))
    }
    canvas.onpointermove = (event) => {
      if (event.pointerType !== "touch" || this.dragging) hover(place(event))
    }
    canvas.onpointerup = () => {
      if (this.dragging) host.pin(this.hovered)
      this.dragging = false
    }
    canvas.onpointerleave = canvas.onpointercancel = () => {
      this.dragging = false
      hover(null)
    }
    canvas.onkeydown = (event) => {
      const step = event.shiftKey ? 0.5 : 0.1
      const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
      if (!way && event.key !== "Escape" && event.key !== "Home") return
      event.preventDefault()
      this.hovered = null
      if (way) host.pin(this.shown.z.map((value, i) => clampToPlane(value + step * way[i])))
      else host.pin(event.key === "Home" ? [0, 0] : null)
    }
  }

  /** @param {{z: number[], digit: number, network: ?object, styles: object[]}} shown  z: the pinned place */
  draw(shown) {
    this.shown = shown
    const { canvas } = this
    const side = Math.round(canvas.clientWidth * devicePixelRatio)
    if (!side) return
    if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side
    const ctx = contextOf(canvas)
    ctx.fillStyle = "#0b0e10"
    ctx.fillRect(0, 0, side, side)
    this.drawBehind(ctx, side)
    /** @type {(place: number[]) => number[]} */
    const at = ([x, y]) => [((x / PLANE_REACH + 1) / 2) * side, ((1 - y / PLANE_REACH) / 2) * side]
    const unit = side / 2 / PLANE_REACH // pixels a standard deviation
    ctx.lineWidth = devicePixelRatio
    ctx.strokeStyle = "rgb(255 255 255 / 55%)"
    ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio])
    for (const radius of [1, 2]) {
      ctx.beginPath()
      ctx.arc(side / 2, side / 2, radius * unit, 0, 7)
      ctx.stroke()
    }
    ctx.setLineDash([])
    this.drawDirections(ctx, side, unit)
    this.dot(ctx, at(shown.z), 8, "#ffc857")
    if (this.hovered) this.dot(ctx, at(this.hovered), 5, "#fff")
    const [x, y] = (this.hovered ?? shown.z).map((value) => value.toFixed(1).replace("-", "minus "))
    canvas.setAttribute("aria-valuetext", `${x} across, ${y} up`)
    canvas.setAttribute("aria-valuenow", shown.z[0].toFixed(2))
  }

  dot(ctx, place, radius, color) {
    const [x, y] = place
    ctx.beginPath()
    ctx.arc(x, y, radius * devicePixelRatio, 0, 7)
    ctx.fillStyle = color
    ctx.fill()
    ctx.lineWidth = 2 * devicePixelRatio
    ctx.strokeStyle = "#0b0e10"
    ctx.stroke()
  }

  /** Arrows from the centre: where digits lean, where they grow wider; only styles that two numbers hold. */
  drawDirections(ctx, side, unit) {
    ctx.font = `600 ${12 * devicePixelRatio}px ${getComputedStyle(this.canvas).fontFamily}`
    ctx.textAlign = "center"
    ctx.textBaseline = "middle"
    for (const {
      vector: [x, y],
      held,
      label,
    } of this.shown.styles) {
      if (!held) continue
      const length = Math.hypot(x, y)
      const [dx, dy] = [x / length, -y / length]
      const [tx, ty] = [side / 2 + 1.45 * unit * dx, side / 2 + 1.45 * unit * dy]
      ctx.strokeStyle = ctx.fillStyle = "#ffc857"
      ctx.lineWidth = 2 * devicePixelRatio
      ctx.beginPath()
      ctx.moveTo(side / 2, side / 2)
      ctx.lineTo(tx, ty)
      for (const turn of [-2.6, 2.6]) {
        const [c, s] = [Math.cos(turn), Math.sin(turn)]
        ctx.moveTo(tx, ty)
        ctx.lineTo(tx + 9 * devicePixelRatio * (dx * c - dy * s), ty + 9 * devicePixelRatio * (dx * s + dy * c))
      }
      ctx.stroke()
      const words = `more ${label.toLowerCase()}` // that way, wherever the arrow points
      const half = ctx.measureText(words).width / 2 + 4 * devicePixelRatio
      const lx = Math.min(side - half, Math.max(half, tx + (half + 4 * devicePixelRatio) * dx))
      const ly = ty + 14 * devicePixelRatio * dy
      ctx.fillStyle = "rgb(11 14 16 / 80%)"
      ctx.fillRect(lx - half, ly - 9 * devicePixelRatio, 2 * half, 18 * devicePixelRatio)
      ctx.fillStyle = "#ffc857"
      ctx.fillText(words, lx, ly)
    }
  }

  /** The first digit in every style, faintly, decoded a few at a time so that the pointer never waits. */
  drawBehind(ctx, side) {
    const { digit, network } = this.shown
    if (network && (this.behind?.digit !== digit || this.behind.network !== network)) {
      const canvas = this.behind?.canvas ?? document.createElement("canvas")
      canvas.width = canvas.height = CELLS * SIDE
      this.behind = { digit, network, canvas, tile: digitCanvas(), next: 0 }
      this.fillBehind(this.behind)
    }
    if (!this.behind) return
    ctx.globalAlpha = 0.85
    ctx.imageSmoothingEnabled = true
    ctx.drawImage(this.behind.canvas, 0, 0, side, side)
    ctx.globalAlpha = 1
  }

  fillBehind(behind) {
    if (this.behind !== behind || behind.next === CELLS * CELLS) return
    const ctx = contextOf(behind.canvas)
    for (const end = performance.now() + 4; behind.next < CELLS * CELLS && performance.now() < end; behind.next++) {
      const [row, column] = [Math.floor(behind.next / CELLS), behind.next % CELLS]
      const at = (i) => ((2 * i + 1) / CELLS - 1) * PLANE_REACH
      const x = behind.network.decode(Float32Array.of(at(column), -at(row)), behind.digit)
      paintDigit(behind.tile, x)
      ctx.drawImage(behind.tile, column * SIDE, row * SIDE)
    }
    this.draw(this.shown)
    setTimeout(() => this.fillBehind(behind))
  }
}
