// The loss of every step, however many there were, and the least that any network could reach.

import { sharp } from "../../../ui/output/canvas.js"

const MOST_LOSSES = 600 // numbers kept; beyond, neighbours are averaged
const SMOOTH = 0.06

export class LossCurve {
  values = /** @type {number[]} */ ([])
  stride = 1 // steps that a value stands for
  part = { sum: 0, count: 0 } // of the next value
  now = NaN // smoothed

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
  }

  clear() {
    Object.assign(this, { values: [], stride: 1, part: { sum: 0, count: 0 }, now: NaN })
  }

  /** @param {number[]} losses */
  add(losses) {
    for (const loss of losses) {
      this.now = Number.isNaN(this.now) ? loss : this.now + SMOOTH * (loss - this.now)
      this.part.sum += loss
      if (++this.part.count < this.stride) continue
      this.values.push(this.part.sum / this.stride)
      this.part = { sum: 0, count: 0 }
      if (this.values.length < MOST_LOSSES) continue
      this.values = Array.from({ length: MOST_LOSSES / 2 }, (_, i) => (this.values[2 * i] + this.values[2 * i + 1]) / 2)
      this.stride *= 2
    }
  }

  /** @param {?number} floor  the least possible loss, where it is known */
  paint(floor, theme) {
    const sheet = sharp(this.canvas)
    if (!sheet) return
    const { ctx, width, height } = sheet
    const { values } = this
    const [left, right, top, bottom] = [2, 2, 6, 18]
    const sorted = [...values].sort((a, b) => a - b)
    const high = Math.max(sorted[Math.floor(0.985 * sorted.length)] ?? 0.1, 1.6 * (floor ?? 0), 1e-4) * 1.1
    const y = (value) => top + (height - top - bottom) * (1 - Math.min(value / high, 1))
    const x = (i) => left + ((width - left - right) * i) / Math.max(values.length - 1, 60)
    ctx.lineWidth = 1
    ctx.strokeStyle = theme.line
    ctx.beginPath()
    ctx.moveTo(left, y(0))
    ctx.lineTo(width - right, y(0))
    ctx.stroke()
    ctx.beginPath()
    values.forEach((value, i) => ctx.lineTo(x(i), y(value)))
    ctx.globalAlpha = 0.35
    ctx.strokeStyle = theme.data
    ctx.stroke()
    ctx.globalAlpha = 1
    ctx.beginPath()
    let smooth = values[0]
    values.forEach((value, i) => {
      smooth += 2 * SMOOTH * (value - smooth)
      ctx.lineTo(x(i), y(smooth))
    })
    ctx.lineWidth = 2.2
    ctx.lineJoin = "round"
    ctx.stroke()
    ctx.font = `12px ${theme.font}`
    ctx.fillStyle = theme.muted
    ctx.textAlign = "right"
    ctx.fillText(`${(values.length * this.stride).toLocaleString("en")} steps`, width - right, height - 4)
    if (floor === null) return
    ctx.setLineDash([2, 4])
    ctx.strokeStyle = theme.text
    ctx.lineWidth = 1.6
    ctx.beginPath()
    ctx.moveTo(left, y(floor))
    ctx.lineTo(width - right, y(floor))
    ctx.stroke()
    ctx.setLineDash([])
    ctx.textAlign = "left"
    ctx.fillText(`best possible on average ${floor.toFixed(3)}`, left, Math.min(y(floor) + 15, height - 4))
  }
}
