// Turning a picture, as aecore.jitter.turned does it: bilinear, what lies beyond the edge mirrored there.

/**
 * @param {Float32Array} x  (3, side, side)
 * @param {number} angle  in radians, anticlockwise
 */
export function rotated(x, side, angle) {
  const out = new Float32Array(x.length)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const n = side * side
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [across, down] = [(2 * column + 1) / side - 1, (2 * row + 1) / side - 1]
      const fromColumn = mirrored(((across * cos - down * sin + 1) * side - 1) / 2, side)
      const fromRow = mirrored(((across * sin + down * cos + 1) * side - 1) / 2, side)
      const [left, top] = [Math.floor(fromColumn), Math.floor(fromRow)]
      const [right, bottom] = [Math.min(left + 1, side - 1), Math.min(top + 1, side - 1)]
      const [u, v] = [fromColumn - left, fromRow - top]
      for (let c = 0; c < 3; c++) {
        const at = (r, k) => x[c * n + r * side + k]
        const upper = at(top, left) + u * (at(top, right) - at(top, left))
        const lower = at(bottom, left) + u * (at(bottom, right) - at(bottom, left))
        out[c * n + row * side + column] = upper + v * (lower - upper)
      }
    }
  }
  return out
}

/** A place between pixels, mirrored at the outer edges of the picture, -1/2 and side - 1/2, and kept inside. */
function mirrored(place, side) {
  const away = Math.abs(place + 0.5) % (2 * side)
  return Math.min(side - 1, Math.max(0, (away < side ? away : 2 * side - away) - 0.5))
}
