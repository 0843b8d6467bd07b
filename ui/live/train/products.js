// Products of matrices whose rows lie one after another, where most of the time of a training goes.

/**
 * @typedef {Float64Array | Float32Array} Floats
 *
 * @typedef {object} Arithmetic  on what numbers is computed, and how
 * @property {(count: number) => Floats} array  of zeros
 * @property {typeof products} products
 * @property {typeof transposed} transposed
 * @property {Function} [adam]  a step of adam.js, where there is a faster one
 */

/** @type {Arithmetic} */
export const DOUBLE = { array: (count) => new Float64Array(count), products, transposed }

/**
 * out (rows, columns) = a (rows, inner) times b (columns, inner) transposed: both are read along their rows. Twelve sums
 * at a time, four rows by three columns, so that each number read is used more than once and all sums stay in registers.
 */
export function products(out, a, b, rows, columns, inner) {
  let r = 0
  for (; r + 4 <= rows; r += 4) {
    const a0 = r * inner
    const a1 = a0 + inner
    const a2 = a1 + inner
    const a3 = a2 + inner
    let c = 0
    for (; c + 3 <= columns; c += 3) {
      const b0 = c * inner
      const b1 = b0 + inner
      const b2 = b1 + inner
      let s00 = 0,
        s01 = 0,
        s02 = 0,
        s10 = 0,
        s11 = 0,
        s12 = 0
      let s20 = 0,
        s21 = 0,
        s22 = 0,
        s30 = 0,
        s31 = 0,
        s32 = 0
      for (let k = 0; k < inner; k++) {
        const x = b[b0 + k]
        const y = b[b1 + k]
        const z = b[b2 + k]
        let value = a[a0 + k]
        s00 += value * x
        s01 += value * y
        s02 += value * z
        value = a[a1 + k]
        s10 += value * x
        s11 += value * y
        s12 += value * z
        value = a[a2 + k]
        s20 += value * x
        s21 += value * y
        s22 += value * z
        value = a[a3 + k]
        s30 += value * x
        s31 += value * y
        s32 += value * z
      }
      let o = r * columns + c
      out[o] = s00
      out[o + 1] = s01
      out[o + 2] = s02
      o += columns
      out[o] = s10
      out[o + 1] = s11
      out[o + 2] = s12
      o += columns
      out[o] = s20
      out[o + 1] = s21
      out[o + 2] = s22
      o += columns
      out[o] = s30
      out[o + 1] = s31
      out[o + 2] = s32
    }
    for (; c < columns; c++) {
      const b0 = c * inner
      let s0 = 0,
        s1 = 0,
        s2 = 0,
        s3 = 0
      for (let k = 0; k < inner; k++) {
        const x = b[b0 + k]
        s0 += a[a0 + k] * x
        s1 += a[a1 + k] * x
        s2 += a[a2 + k] * x
        s3 += a[a3 + k] * x
      }
      const o = r * columns + c
      out[o] = s0
      out[o + columns] = s1
      out[o + 2 * columns] = s2
      out[o + 3 * columns] = s3
    }
  }
  for (; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let k = 0, i = r * inner, j = c * inner; k < inner; k++) sum += a[i + k] * b[j + k]
      out[r * columns + c] = sum
    }
  }
}

/** out (columns, rows) = a (rows, columns), turned. */
export function transposed(out, a, rows, columns) {
  for (let r = 0, i = 0; r < rows; r++) for (let c = 0; c < columns; c++, i++) out[c * rows + r] = a[i]
}
