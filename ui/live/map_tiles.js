// Digits as small pictures: white or coloured ink on near-black, in both themes.

import { SIDE } from "./digit.js"

const PAPER = [11, 14, 16]

/**
 * Paints a digit on a canvas of its own.
 * @param {HTMLCanvasElement} canvas  becomes 28 x 28
 * @param {?(Float32Array|Uint8Array)} x  (784) in [0, 1], or bytes; null for nothing
 * @param {string} ink  "#rrggbb"
 */
export function digitTile(canvas, x, ink = "#ffffff") {
  if (canvas.width !== SIDE || canvas.height !== SIDE) canvas.width = canvas.height = SIDE
  const ctx = (canvas.tileContext ??= canvas.getContext("2d"))
  const picture = (canvas.tilePicture ??= ctx.createImageData(SIDE, SIDE))
  const full = x instanceof Uint8Array ? 255 : 1
  const color = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16))
  for (let i = 0; i < SIDE * SIDE; i++) {
    const share = x ? x[i] / full : 0
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = PAPER[c] + share * (color[c] - PAPER[c])
    picture.data[4 * i + 3] = 255
  }
  ctx.putImageData(picture, 0, 0)
}
