// Two lines on a canvas: the truth, quiet, and what is compared with it.

import { contextOf } from "../../../../ui/output/picture.js"

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} truth  millivolts
 * @param {?Float32Array} shown  likewise
 * @param {number} high  millivolts at the upper edge, and below zero at the lower one
 */
export function paintTraces(canvas, truth, shown, high) {
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
      ctx.lineTo((i / (series.length - 1)) * width, (0.5 - (0.47 * value) / high) * height)
    })
    ctx.stroke()
  }
  line(truth, color("--st-gray-text-color"), 2.5)
  if (shown) line(shown, color("--st-primary-color"), 1.4)
}
