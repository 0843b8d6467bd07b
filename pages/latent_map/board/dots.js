// Dots by the thousand, written as pixels: a tenth of the time that the canvas takes to draw them one by one.

/** The colours of the classes, "#rrggbb", as three bytes each. */
export const inksOf = (colors) => colors.map((color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)))

/** The pixels of a dot: their places relative to its middle, and how much of each it covers, 1 to 255. */
export function dot(radius, opacity) {
  const reach = Math.ceil(radius)
  const pixels = []
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const cover = Math.min(Math.max(radius + 0.5 - Math.hypot(x, y), 0), 1) // the edge is one pixel soft
      if (cover > 0) pixels.push({ x, y, cover: Math.ceil(255 * opacity * cover) })
    }
  }
  return pixels
}

/**
 * Lays a dot over what a picture shows.
 * @param {ImageData} picture
 * @param {{x: number, y: number, cover: number}[]} pixels  of `dot`
 * @param {number} px  its middle, whole numbers
 * @param {number} py
 * @param {number[]} ink     of `inksOf`
 */
export function layDot({ data, width }, pixels, px, py, ink) {
  for (const { x, y, cover } of pixels) {
    if (px + x < 0 || px + x >= width) continue // above and below the picture nothing is written anyway
    const at = 4 * ((py + y) * width + px + x)
    const under = (data[at + 3] * (255 - cover)) / 255
    const both = cover + under
    for (let c = 0; c < 3; c++) data[at + c] = (ink[c] * cover + data[at + c] * under) / both
    data[at + 3] = both
  }
}
