// Softmax regression on any codes, through their inner products alone: the weights are sums of training codes, so with
// a hundred of them a hundred numbers a class say all, whether a code has 64 numbers or 784.

const CLASSES = 10

/** Codes centred, and divided by the standard deviation of all their numbers, so that decay means the same for all. */
export function normalised(codes) {
  const [n, size] = [codes.length, codes[0].length]
  const mean = new Float64Array(size)
  for (const code of codes) for (let i = 0; i < size; i++) mean[i] += code[i] / n
  let square = 0
  for (const code of codes) for (let i = 0; i < size; i++) square += (code[i] - mean[i]) ** 2
  const sd = Math.sqrt(square / (n * size)) || 1
  return codes.map((code) => Float64Array.from(code, (value, i) => (value - mean[i]) / sd))
}

/** Inner product of two codes, and of the constant 1 that stands for the bias. */
export function inner(a, b) {
  let sum = 1
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/**
 * The weights that make (1/n) sum_i -log p(y_i | x_i) + decay ||W||^2 small, W = sum_i a_i x_i, by accelerated gradient
 * steps (Nesterov 2004, section 2.2).
 * @param {number[][] | Float64Array[]} gram  (n, n) inner products of the codes
 * @param {number[]} y  (n) classes
 * @returns {Float64Array} a, (n, 10) row by row
 */
export function fitSoftmax(gram, y, decay, steps) {
  const n = y.length
  let a = new Float64Array(CLASSES * n)
  let ahead = a
  const curve = largest(gram) / (2 * n) + 2 * decay // the gradient's Lipschitz constant
  const root = Math.sqrt((2 * decay) / curve)
  const momentum = (1 - root) / (1 + root)
  for (let step = 0; step < steps; step++) {
    const p = probabilities(gram, ahead)
    const next = new Float64Array(a.length)
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < CLASSES; k++) {
        const j = CLASSES * i + k
        const gradient = (p[j] - Number(y[i] === k)) / n + 2 * decay * ahead[j]
        next[j] = ahead[j] - gradient / curve
      }
    }
    ahead = next.map((value, j) => value + momentum * (value - a[j]))
    a = next
  }
  return a
}

/** What each code is read as. @param {number[][] | Float64Array[]} kernel  (m, n) inner products with the training codes */
export function probabilities(kernel, a) {
  const out = new Float64Array(CLASSES * kernel.length)
  kernel.forEach((row, i) => {
    const logits = out.subarray(CLASSES * i, CLASSES * (i + 1))
    for (let t = 0; t < row.length; t++) {
      for (let k = 0; k < CLASSES; k++) logits[k] += row[t] * a[CLASSES * t + k]
    }
    const top = Math.max(...logits)
    let sum = 0
    for (let k = 0; k < CLASSES; k++) {
      logits[k] = Math.exp(logits[k] - top)
      sum += logits[k]
    }
    for (let k = 0; k < CLASSES; k++) logits[k] /= sum
  })
  return out
}

/** The class of each, and whether it is right, as a share. */
export function shareRight(p, y) {
  const right = y.filter((truth, i) => {
    const row = p.subarray(CLASSES * i, CLASSES * (i + 1))
    return row.indexOf(Math.max(...row)) === truth
  })
  return right.length / y.length
}

/** The largest eigenvalue of a Gram matrix, by the power method, and a little more. */
function largest(gram) {
  let v = gram.map(() => 1)
  let size = 1
  for (let step = 0; step < 30; step++) {
    const next = gram.map((row) => v.reduce((sum, value, j) => sum + row[j] * value, 0))
    size = Math.hypot(...next) || 1
    v = next.map((value) => value / size)
  }
  return 1.05 * size
}
