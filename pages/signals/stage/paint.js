// A trace over time and its spectrum: the truth as a broad line, what was received behind it, what came back on top.

import { contextOf } from "../../../ui/output/picture.js"
import { sizes } from "./fourier.js"

/**
 * @typedef {{ text: string, muted: string, grid: string, ink: string }} Look  colours
 * @typedef {{ noisy: ArrayLike<number>, truth: ArrayLike<number> | null, recon: ArrayLike<number> | null }} Lines  mV
 */

/** @param {HTMLCanvasElement} canvas @param {Lines} lines @param {Look} look */
export function drawTrace(canvas, lines, look, { rate, plain = false }) {
  const sheet = begin(canvas, plain ? [2, 2, 2, 2] : [38, 8, 6, 24])
  const top = 1.08 * Math.max(...[lines.noisy, lines.truth, lines.recon].filter(Boolean).map(most), 0.02)
  const n = lines.noisy.length
  const x = (i) => sheet.left + (i / (n - 1)) * sheet.width
  const y = (value) => sheet.top + (sheet.height * (top - value)) / (2 * top)
  if (!plain) {
    const step = top > 0.8 ? 0.5 : top > 0.3 ? 0.2 : 0.1
    const marks = [-2, -1, 0, 1, 2].map((i) => i * step).filter((value) => Math.abs(value) < top)
    rules(
      sheet,
      look,
      marks.map((value) => [y(value), value.toFixed(1)]),
      [0.5, 1, 1.5, 2, 2.5].map((t) => [x(t * rate), String(t)]),
    )
  }
  curve(sheet, lines.noisy, x, y, look.muted, 1, plain ? 0.35 : 0.6)
  if (lines.truth) curve(sheet, lines.truth, x, y, look.text, plain ? 3 : 5, 0.28)
  if (lines.recon) curve(sheet, lines.recon, x, y, look.ink, plain ? 1.4 : 2, 1)
}

/** @param {HTMLCanvasElement} canvas @param {Lines} lines @param {Look} look */
export function drawSpectrum(canvas, lines, look, { rate, band }) {
  const sheet = begin(canvas, [10, 8, 6, 24])
  const [noisy, truth, recon] = [lines.noisy, lines.truth, lines.recon].map((line) => line && sizes(line))
  const known = [truth, recon].filter(Boolean).map(most)
  const ordered = Float64Array.from(noisy ?? []).sort()
  const top = 1.15 * Math.max(...known, ordered[Math.floor(0.97 * ordered.length)], 0.01)
  const half = rate / 2
  const x = (k) => sheet.left + (k / (ordered.length - 1)) * sheet.width
  const at = (f) => sheet.left + (f / half) * sheet.width
  const y = (value) => sheet.top + sheet.height * Math.max(1 - value / top, 0)
  sheet.ctx.globalAlpha = 0.09
  sheet.ctx.fillStyle = look.text
  sheet.ctx.fillRect(at(band[0]), sheet.top, at(band[1]) - at(band[0]), sheet.height)
  rules(
    sheet,
    look,
    [],
    [10, 30, 50, 80].map((f) => [at(f), String(f)]),
  )
  if (noisy) curve(sheet, noisy, x, y, look.muted, 1, 0.6)
  if (truth) curve(sheet, truth, x, y, look.text, 5, 0.28)
  if (recon) curve(sheet, recon, x, y, look.ink, 2, 1)
}

const most = (line) => {
  let high = 0
  for (let i = 0; i < line.length; i++) high = Math.max(high, Math.abs(line[i]))
  return high
}

function begin(canvas, [left, right, top, bottom]) {
  const scale = devicePixelRatio
  const [wide, tall] = [canvas.clientWidth || 600, canvas.clientHeight || 200]
  if (canvas.width !== Math.round(wide * scale)) canvas.width = Math.round(wide * scale)
  if (canvas.height !== Math.round(tall * scale)) canvas.height = Math.round(tall * scale)
  const ctx = contextOf(canvas)
  ctx.setTransform(scale, 0, 0, scale, 0, 0)
  ctx.clearRect(0, 0, wide, tall)
  ctx.lineJoin = "round"
  return { ctx, left, top, width: wide - left - right, height: tall - top - bottom }
}

function rules({ ctx, left, top, width, height }, look, across, along) {
  ctx.font = "12px 'Source Sans', sans-serif"
  ctx.fillStyle = look.muted
  ctx.strokeStyle = look.grid
  ctx.globalAlpha = 1
  ctx.lineWidth = 1
  ctx.textBaseline = "middle"
  ctx.textAlign = "right"
  for (const [y, text] of across) {
    stroke(ctx, [
      [left, y],
      [left + width, y],
    ])
    ctx.fillText(text.replace("-", "\u2212"), left - 6, y)
  }
  ctx.textAlign = "center"
  ctx.textBaseline = "top"
  for (const [x, text] of along) {
    stroke(ctx, [
      [x, top],
      [x, top + height],
    ])
    ctx.fillText(text, x, top + height + 6)
  }
}

function curve({ ctx }, line, x, y, color, width, alpha) {
  ctx.strokeStyle = color
  ctx.lineWidth = width
  ctx.globalAlpha = alpha
  ctx.beginPath()
  for (let i = 0; i < line.length; i++) ctx.lineTo(x(i), y(line[i]))
  ctx.stroke()
}

function stroke(ctx, points) {
  ctx.beginPath()
  for (const [x, y] of points) ctx.lineTo(x, y)
  ctx.stroke()
}
