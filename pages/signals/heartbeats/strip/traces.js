// Two lines on a canvas: the truth, quiet, and what is compared with it.

import { contextOf } from "../../../../ui/output/picture.js"

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} truth  millivolts
 * @param {?Float32Array} shown  likewise
 * @param {number[]} range  millivolts at the lower and at the upper edge
 */
export function paintTraces(canvas, truth, shown, [low, high]) {
  const scale = devicePixelRatio
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * scale))
  if (!width) return
  Object.assign(canvas, { width, height }) // empties it
  const ctx = contextOf(canvas)
  const style = getComputedStyle(canvas)
  const color = (name) => style.getPropertyValue(name).trim() || style.color
  const line = (series, stroke, wide) => {
    ctx.strokeStyle = stroke
    ctx.lineWidth = wide * scale
    ctx.lineJoin = "round"
    ctx.beginPath()
    series.forEach((value, i) => {
      ctx.lineTo((i / (series.length - 1)) * width, (0.95 - (0.9 * (value - low)) / (high - low)) * height)
    })
    ctx.stroke()
  }
  ctx.globalAlpha = 0.55
  line(truth, color("--st-gray-text-color"), 3.5)
  ctx.globalAlpha = 1
  if (shown) line(shown, color("--st-primary-color"), 1.4)
}

/** Millivolts from the lowest of some series to the highest, at least one. @param {Float32Array[]} all */
export function rangeOf(...all) {
  const low = Math.min(...all.map((series) => Math.min(...series)))
  const high = Math.max(...all.map((series) => Math.max(...series)))
  return [low, Math.max(high, low + 1)]
}
