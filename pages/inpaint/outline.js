// The edge of a mask, drawn over a picture.

const MOST_EDGES = 420 // a hole with a longer outline would cover the picture with it

/**
 * SVG paths of a mask: its area, and its outline where that is short enough not to hide the picture.
 * @param {Uint8Array} mask  (height * width), 1 where a pixel is missing
 * @param {number} width
 * @param {number} height
 */
export function outline(mask, width, height) {
  const at = (x, y) => (x >= 0 && y >= 0 && x < width && y < height ? mask[y * width + x] : 0)
  const edges = []
  let area = ""
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      if (at(x, y) !== at(x - 1, y)) edges.push(`M${x} ${y}v1`)
      if (at(x, y) !== at(x, y - 1)) edges.push(`M${x} ${y}h1`)
      if (at(x, y)) area += `M${x} ${y}h1v1h-1z`
    }
  }
  return { area, line: edges.length > MOST_EDGES ? "" : edges.join("") }
}
