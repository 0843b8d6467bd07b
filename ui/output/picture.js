// Digits as pictures of 28 x 28: how they come from Python, and how they are painted, on near-black in both themes.

export const SIDE = 28
export const PAPER = [11, 14, 16]
const TOO_DARK = [77, 176, 255]
const TOO_BRIGHT = [255, 154, 60]

const sheets = new WeakMap() // canvas -> the ImageData that it is painted with, every frame the same

/** @param {string} base64  as ui.output.strip.pixels writes it  @returns {Uint8Array<ArrayBuffer>} */
export function bytesFrom(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** What paints on a canvas. @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")) // null only beside another kind of context
}

/**
 * Paints a digit on a canvas of its own.
 * @param {HTMLCanvasElement} canvas  becomes 28 x 28
 * @param {?(Float32Array|Uint8Array)} x  (784) in [0, 1], or bytes; null for nothing
 * @param {string} ink  "#rrggbb"
 */
export function digitTile(canvas, x, ink = "#ffffff") {
  const full = x instanceof Uint8Array ? 255 : 1
  const color = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16))
  paintTile(canvas, (i) => (x ? x[i] / full : 0), color, color)
}

/**
 * Paints where a picture is too dark (blue) and too bright (orange).
 * @param {HTMLCanvasElement} canvas  becomes 28 x 28
 * @param {Uint8Array} x  (784)
 * @param {Uint8Array} clean  (784) what it should be
 */
export function errorTile(canvas, x, clean) {
  paintTile(canvas, (i) => (x[i] - clean[i]) / 255, TOO_BRIGHT, TOO_DARK)
}

// share(i) in [-1, 1]: how far pixel i goes from the paper to the colour of its sign.
function paintTile(canvas, share, above, below) {
  if (canvas.width !== SIDE || canvas.height !== SIDE) canvas.width = canvas.height = SIDE
  const ctx = contextOf(canvas)
  const picture = sheets.get(canvas) ?? ctx.createImageData(SIDE, SIDE)
  sheets.set(canvas, picture)
  for (let i = 0; i < SIDE * SIDE; i++) {
    const t = share(i)
    const color = t < 0 ? below : above
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = PAPER[c] + Math.abs(t) * (color[c] - PAPER[c])
    picture.data[4 * i + 3] = 255
  }
  ctx.putImageData(picture, 0, 0)
}
