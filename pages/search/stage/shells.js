// How many digits lie at each distance from a code, as bars on a logarithmic scale; those inside the ball in colour.

import { contextOf } from "../../../ui/output/picture.js"

const THUMB = 8 // px from the slider's edge to its thumb's middle at the ends

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} counts  digits at each distance
 * @param {number} radius  of the ball
 * @param {HTMLInputElement} slider  whose thumb the bars stand above
 */
export function paintShells(canvas, counts, radius, slider) {
  const scale = devicePixelRatio
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * scale))
  if (!width) return
  Object.assign(canvas, { width, height }) // empties it
  const ctx = contextOf(canvas)
  const style = getComputedStyle(canvas)
  const left = (slider.getBoundingClientRect().left - canvas.getBoundingClientRect().left + THUMB) * scale
  const last = Number(slider.max)
  const step = (width - left - THUMB * scale) / last
  const bar = Math.min(0.7 * step, 2 * THUMB * scale)
  const top = Math.log10(1 + Math.max(...Array.from(counts)))
  for (let r = 0; r <= last; r++) {
    const tall = counts[r] ? Math.max(2 * scale, (Math.log10(1 + counts[r]) / top) * height) : 0
    ctx.fillStyle =
      r <= radius ? style.getPropertyValue("--st-primary-color") : style.getPropertyValue("--st-gray-text-color")
    ctx.globalAlpha = r <= radius ? 1 : 0.4
    ctx.fillRect(left + r * step - bar / 2, height - tall, bar, tall)
  }
}
