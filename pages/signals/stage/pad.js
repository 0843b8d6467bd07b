// The sheet on which a visitor draws a pulse of 50 samples, by pen or by keys.

import { contextOf } from "../../../ui/output/picture.js"

export const DRAWN = 50 // samples

export class PulsePad {
  heights = new Float64Array(DRAWN) // from -1 to 1
  at = DRAWN / 2 // the sample that keys move
  last = /** @type {?number[]} */ (null)

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(final: boolean) => void} changed  the drawing is another one; final: the hand has left the sheet
   */
  constructor(canvas, changed) {
    this.canvas = canvas
    this.changed = changed
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId)
      this.last = null
      this.draw(event)
    }
    canvas.onpointermove = (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.draw(event)
    }
    canvas.onpointerup = canvas.onpointercancel = () => this.changed(true)
    canvas.onkeydown = (event) => this.key(event)
  }

  get empty() {
    return this.heights.every((value) => Math.abs(value) < 0.02)
  }

  clear() {
    this.heights.fill(0)
    this.changed(true)
  }

  draw(event) {
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const { left, top, width, height } = this.canvas.getBoundingClientRect()
      const to = [((one.clientX - left) / width) * (DRAWN - 1), 1 - (2 * (one.clientY - top)) / height]
      const from = this.last ?? to
      const [first, final] = [Math.round(Math.min(from[0], to[0])), Math.round(Math.max(from[0], to[0]))]
      for (let i = Math.max(first, 0); i <= Math.min(final, DRAWN - 1); i++) {
        const share = to[0] === from[0] ? 1 : Math.min(Math.max((i - from[0]) / (to[0] - from[0]), 0), 1)
        this.heights[i] = Math.min(Math.max(from[1] + share * (to[1] - from[1]), -1), 1)
      }
      this.last = to
    }
    this.changed(false)
  }

  key(event) {
    const { key } = event
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
    const lift = { ArrowUp: 0.1, ArrowDown: -0.1 }[key]
    if (!step && !lift && key !== "Delete") return
    event.preventDefault()
    if (key === "Delete") return this.clear()
    if (step) this.at = Math.min(Math.max(this.at + step, 0), DRAWN - 1)
    if (lift) this.heights[this.at] = Math.min(Math.max(this.heights[this.at] + lift, -1), 1)
    this.changed(true)
  }

  paint(look) {
    const { canvas, heights } = this
    const scale = devicePixelRatio
    const [wide, tall] = [canvas.clientWidth, canvas.clientHeight]
    if (!wide) return
    Object.assign(canvas, { width: Math.round(wide * scale), height: Math.round(tall * scale) })
    const ctx = contextOf(canvas)
    ctx.scale(scale, scale)
    const x = (i) => (i / (DRAWN - 1)) * wide
    const y = (value) => ((1 - value) * tall) / 2
    ctx.strokeStyle = look.grid
    ctx.beginPath()
    ctx.moveTo(0, y(0))
    ctx.lineTo(wide, y(0))
    ctx.stroke()
    ctx.strokeStyle = look.text
    ctx.lineWidth = 2
    ctx.beginPath()
    heights.forEach((value, i) => ctx.lineTo(x(i), y(value)))
    ctx.stroke()
    if (!canvas.matches(":focus")) return
    ctx.fillStyle = look.ink
    ctx.beginPath()
    ctx.arc(x(this.at), y(heights[this.at]), 5, 0, 7)
    ctx.fill()
  }
}
