// Galaxies as pictures: what a network gives, and what a file shows, both stretched for the eye.

/** @typedef {import("./picture.js").Picture} Picture */

const STRETCH = 1.4 // the sky is dark: all galaxies are shown this much brighter

/** A picture of what a network gives, (3, side, side). @param {Float32Array} values @returns {Picture} */
export function galaxyPicture(values) {
  const side = Math.round(Math.sqrt(values.length / 3))
  return { shape: [3, side, side], values, low: 0, high: 1 / STRETCH }
}

/** What a file shows, a square. @param {Uint8Array<ArrayBuffer>} file  WebP or PNG @returns {Promise<Picture>} */
export async function pictureOf(file) {
  const bitmap = await createImageBitmap(new Blob([file]), { colorSpaceConversion: "none" })
  const { width: side } = bitmap
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(side, side).getContext("2d"))
  context.drawImage(bitmap, 0, 0)
  const { data } = context.getImageData(0, 0, side, side)
  const values = new Float32Array(3 * side * side)
  for (let i = 0; i < side * side; i++) for (let c = 0; c < 3; c++) values[c * side * side + i] = data[4 * i + c] / 255
  return galaxyPicture(values)
}
