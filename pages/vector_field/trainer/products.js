// Products of matrices whose rows lie one after another, where all the time of a training goes.

/**
 * out (rows, columns) = a (rows, inner) times b (columns, inner) transposed: both are read along their rows. Eight sums
 * at a time, four rows by two columns, so that each number read is used more than once.
 */
export function products(out, a, b, rows, columns, inner) {
  let r = 0
  for (; r + 4 <= rows; r += 4) {
    const [a0, a1, a2, a3] = [r * inner, (r + 1) * inner, (r + 2) * inner, (r + 3) * inner]
    let c = 0
    for (; c + 2 <= columns; c += 2) {
      const [b0, b1] = [c * inner, (c + 1) * inner]
      let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0]
      for (let k = 0; k < inner; k++) {
        const [x, y] = [b[b0 + k], b[b1 + k]]
        let value = a[a0 + k]
        s00 += value * x
        s01 += value * y
        value = a[a1 + k]
        s10 += value * x
        s11 += value * y
        value = a[a2 + k]
        s20 += value * x
        s21 += value * y
        value = a[a3 + k]
        s30 += value * x
        s31 += value * y
      }
      const o = r * columns + c
      out[o] = s00
      out[o + 1] = s01
      out[o + columns] = s10
      out[o + columns + 1] = s11
      out[o + 2 * columns] = s20
      out[o + 2 * columns + 1] = s21
      out[o + 3 * columns] = s30
      out[o + 3 * columns + 1] = s31
    }
    if (c < columns) rest(out, a, b, r, r + 4, c, columns, inner)
  }
  if (r < rows) rest(out, a, b, r, rows, 0, columns, inner)
}

/** What no tile covers. */
function rest(out, a, b, from, to, first, columns, inner) {
  for (let r = from; r < to; r++) {
    for (let c = first; c < columns; c++) {
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
