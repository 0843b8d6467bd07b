// Slant, width and thickness of a digit in the browser: the same formulas as aecore/latent/styles.py `measure`.

import { SIDE } from "../../../ui/output/picture.js"

/**
 * @param {Float32Array} x  (784) in [0, 1]
 * @returns {{slant: number, width: number, thickness: number}} degrees, share of the height, px
 */
export function measureStyle(x) {
  let [total, sumX, sumY, outline] = [1e-6, 0, 0, 1e-6]
  const ink = (row, column) => (row < 0 || column < 0 || row >= SIDE || column >= SIDE ? 0 : x[row * SIDE + column])
  for (let row = 0; row <= SIDE; row++) {
    for (let column = 0; column <= SIDE; column++) {
      const value = ink(row, column)
      total += value
      sumX += value * column
      sumY += value * row
      const falling = value - ink(row - 1, column - 1)
      const rising = ink(row, column - 1) - ink(row - 1, column)
      outline += Math.sqrt((falling * falling + rising * rising) / 2)
    }
  }
  let [m20, m02, m11] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [(i % SIDE) - sumX / total, Math.floor(i / SIDE) - sumY / total]
    m20 += (x[i] * dx * dx) / total
    m02 += (x[i] * dy * dy) / total
    m11 += (x[i] * dx * dy) / total
  }
  m02 = Math.max(m02, 1e-6)
  return {
    slant: (Math.atan(-m11 / m02) * 180) / Math.PI,
    width: Math.sqrt(Math.max(m20 - (m11 * m11) / m02, 0) / m02),
    thickness: (2 * total) / outline,
  }
}
