// Digits on canvases, for components that run networks: white ink on whatever paper their styles lay behind, 28 x 28.

const TILE = 28

/** A canvas for one digit. */
export function digitCanvas() {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = TILE
  return canvas
}

/** Paints x, (784) in [0, 1], on a canvas of 28 x 28: the ink is white, its share the opacity. */
export function paintDigit(canvas, x) {
  const ctx = canvas.getContext("2d")
  const picture = ctx.createImageData(TILE, TILE)
  const rgba = picture.data.fill(255)
  for (let i = 0; i < TILE * TILE; i++) rgba[4 * i + 3] = Math.round(255 * x[i])
  ctx.putImageData(picture, 0, 0)
}

/** Pictures as ui.output.strip.pixels writes them: base64 of one byte a pixel -> (784) each, in [0, 1]. */
export function digitsFrom(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const all = Float32Array.from(bytes, (byte) => byte / 255)
  return Array.from({ length: all.length / TILE ** 2 }, (_, i) => all.subarray(i * TILE ** 2, (i + 1) * TILE ** 2))
}
