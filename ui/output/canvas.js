// A sharp canvas of any size.

import { contextOf } from "./picture.js"

/**
 * Fits a canvas to its size on the screen.
 * @param {HTMLCanvasElement} canvas
 * @returns {?{ ctx: CanvasRenderingContext2D, width: number, height: number }}  in CSS pixels; null while it has none
 */
export function sharp(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  if (!width || !height) return null
  const ratio = Math.min(devicePixelRatio, 2)
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
  }
  const ctx = contextOf(canvas)
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
  ctx.clearRect(0, 0, width, height)
  return { ctx, width, height }
}
