// The stack's first layers as an autoencoder of their own: aecore/models/stacked.py `through`.

/**
 * @param {{tensor: (name: string) => Float32Array}} model
 * @param {number[]} sizes  units of each layer, pixels first
 * @param {Float32Array} x  (784)
 * @param {number} depth  how many layers
 * @returns {Float32Array} (784) in [0, 1]
 */
export function through(model, sizes, x, depth) {
  let h = x
  for (let layer = 0; layer < depth; layer++) {
    const bias = model.tensor(`biases.${layer}`)
    h = multiplied(model.tensor(`weights.${layer}`), h, sizes[layer + 1]).map((value, i) =>
      Math.max(value + bias[i], 0),
    )
  }
  for (let layer = depth - 1; layer >= 0; layer--) {
    const bias = model.tensor(`output_biases.${layer}`)
    const before = transposed(model.tensor(`weights.${layer}`), h, sizes[layer])
    h = before.map((value, i) => (layer ? Math.max(value + bias[i], 0) : 1 / (1 + Math.exp(-value - bias[i]))))
  }
  return h
}

/** W h; W: (rows, h.length) row by row. */
function multiplied(weight, h, rows) {
  const out = new Float32Array(rows)
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let j = 0; j < h.length; j++) sum += weight[i * h.length + j] * h[j]
    out[i] = sum
  }
  return out
}

/** W^T h; W: (h.length, columns) row by row. */
function transposed(weight, h, columns) {
  const out = new Float32Array(columns)
  for (let i = 0; i < h.length; i++) {
    if (!h[i]) continue
    for (let j = 0; j < columns; j++) out[j] += weight[i * columns + j] * h[i]
  }
  return out
}
