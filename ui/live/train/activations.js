// What stands between two layers: h of the sums s, and the way back. Behind `size` sums lie blocks of as many derivatives
// s', up to `all`; their h' lie behind h in the same way.

/** h = tanh(s), h' = (1 - h^2) s'. */
export function tanh(values, sums, size, all) {
  for (let j = 0; j < size; j++) values[j] = 1 - 2 / (Math.exp(2 * sums[j]) + 1) // in half the time of Math.tanh
  for (let block = size; block < all; block += size) {
    for (let j = 0; j < size; j++) values[block + j] = (1 - values[j] * values[j]) * sums[block + j]
  }
}

/** From the loss by h and h' to the loss by s and s', in place. */
export function throughTanh(gradient, sums, values, size, all) {
  for (let block = size; block < all; block += size) {
    for (let j = 0; j < size; j++) {
      gradient[j] -= 2 * values[j] * gradient[block + j] * sums[block + j]
      gradient[block + j] *= 1 - values[j] * values[j]
    }
  }
  for (let j = 0; j < size; j++) gradient[j] *= 1 - values[j] * values[j]
}

/** h = max(s, 0), h' = s' where s > 0. */
export function relu(values, sums, size, all) {
  for (let j = 0; j < size; j++) values[j] = Math.max(sums[j], 0)
  for (let j = size; j < all; j++) values[j] = sums[j % size] > 0 ? sums[j] : 0
}

/** From the loss by h and h' to the loss by s and s', in place. */
export function throughRelu(gradient, sums, _values, size, all) {
  for (let j = 0; j < all; j++) if (sums[j % size] <= 0) gradient[j] = 0
}
