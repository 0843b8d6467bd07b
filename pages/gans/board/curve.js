// How many centres were found over time, and the share of samples near one: never one snapshot alone.

import { sharp } from "../../../ui/output/canvas.js"

const MOMENTS = 400 // moments kept; beyond, every second one goes

export class FoundCurve {
  moments = /** @type {any[]} */ ([])
  every = 1 // a moment kept stands for so many
  left = 0 // to pass over

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
  }

  clear() {
    Object.assign(this, { moments: [], every: 1, left: 0 })
  }

  add(history) {
    for (const moment of history) {
      if (this.left-- > 0) continue
      this.left = this.every - 1
      this.moments.push(moment)
      if (this.moments.length < MOMENTS) continue
      this.moments = this.moments.filter((_, i) => i % 2 === 0)
      this.every *= 2
    }
  }

  /** @param {number} all  centres */
  paint(all, theme) {
    const sheet = sharp(this.canvas)
    if (!sheet || !this.moments.length) return
    const { ctx, width, height } = sheet
    const { moments } = this
    const [left, right, top, bottom] = [20, 4, 8, 18]
    const last = Math.max(moments[moments.length - 1].step, 400)
    const x = (step) => left + ((width - left - right) * step) / last
    const y = (share) => top + (height - top - bottom) * (1 - share)
    ctx.font = `12px ${theme.font}`
    ctx.lineWidth = 1
    ctx.strokeStyle = theme.line
    ctx.fillStyle = theme.muted
    ctx.textAlign = "right"
    for (const share of [0, 0.5, 1]) {
      ctx.beginPath()
      ctx.moveTo(left, y(share))
      ctx.lineTo(width - right, y(share))
      ctx.stroke()
      if (share !== 0.5) ctx.fillText(String(share * all), left - 5, y(share) + 4)
    }
    ctx.beginPath()
    for (const { step, good } of moments) ctx.lineTo(x(step), y(good))
    ctx.strokeStyle = theme.muted
    ctx.setLineDash([2, 3])
    ctx.lineWidth = 1.4
    ctx.stroke()
    ctx.setLineDash([])
    ctx.beginPath()
    moments.forEach(({ step, modes }, i) => {
      if (i) ctx.lineTo(x(step), y(moments[i - 1].modes / all))
      ctx.lineTo(x(step), y(modes / all))
    })
    ctx.strokeStyle = theme.primary
    ctx.lineWidth = 2.4
    ctx.lineJoin = "round"
    ctx.stroke()
    ctx.fillText(`${last.toLocaleString("en")} steps`, width - right, height - 4)
  }
}
