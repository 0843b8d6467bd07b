// A picture's energy at period 2: what aecore/upsampling/checkerboard.py `period_two` computes, for one picture.

/**
 * Share of the energy, the mean aside, of what changes sign with every row or column.
 * @param {Float32Array} x  (side * side), side even
 */
export function periodTwo(x) {
  const side = Math.sqrt(x.length)
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  const [columns, rows] = [new Float64Array(side), new Float64Array(side)]
  let [both, total] = [0, 0]
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      columns[column] += row % 2 ? -x[i] : x[i]
      rows[row] += column % 2 ? -x[i] : x[i]
      both += (row + column) % 2 ? -x[i] : x[i]
      total += (x[i] - mean) ** 2
    }
  }
  const squares = (values) => values.reduce((sum, value) => sum + value * value, 0)
  return total > 0 ? (side * (squares(columns) + squares(rows)) - both * both) / (side * side * total) : 0
}
