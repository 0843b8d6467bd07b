// A small network r: D numbers through tanh layers to D numbers, with its gradients. The twin of FieldNet in
// aecore/field.py.
//
// All weights lie in one array, layer after layer: weight (fan out, fan in), then bias. A batch is an array of rows. For
// the contractive loss each point brings D rows more, behind all points: its derivatives along each input, which go
// through the same products (forward mode), so that one product a layer serves both.

import { Draws, STREAMS } from "./draws.js"
import { products, transposed } from "./products.js"

const FIRST_GAIN = 8 // over D, of the first layer, as in aecore/field.py

/**
 * @typedef {object} Layer
 * @property {number} fanIn
 * @property {number} fanOut
 * @property {Float64Array} weight  a view of all weights
 * @property {Float64Array} bias
 * @property {Float64Array} weightGrad
 * @property {Float64Array} biasGrad
 */

/** The layers of a network, as views of arrays of all weights and of all their gradients. */
function layersOf(sizes, weights, grads) {
  const layers = /** @type {Layer[]} */ ([])
  let at = 0
  for (let i = 1; i < sizes.length; i++) {
    const [fanIn, fanOut] = [sizes[i - 1], sizes[i]]
    const [middle, end] = [at + fanIn * fanOut, at + fanIn * fanOut + fanOut]
    layers.push({
      fanIn,
      fanOut,
      weight: weights.subarray(at, middle),
      bias: weights.subarray(middle, end),
      weightGrad: grads.subarray(at, middle),
      biasGrad: grads.subarray(middle, end),
    })
    at = end
  }
  return layers
}

/** How many weights a network of these sizes has, biases included. */
export const weightsOf = (sizes) => sizes.slice(1).reduce((sum, size, i) => sum + size * (sizes[i] + 1), 0)

/** The weights that a network begins with: see FieldNet. */
export function firstWeights(sizes, seed) {
  const weights = new Float64Array(weightsOf(sizes))
  const rng = new Draws(seed, STREAMS.weights)
  layersOf(sizes, weights, weights).forEach(({ fanIn, fanOut, weight, bias }, i) => {
    const edge = Math.sqrt(6 / (fanIn + fanOut)) * (i ? 1 : FIRST_GAIN / fanIn)
    for (let j = 0; j < weight.length; j++) weight[j] = (2 * rng.uniform() - 1) * edge
    for (let j = 0; i === 0 && j < fanOut; j++) bias[j] = (2 * rng.uniform() - 1) * edge
  })
  return weights
}

export class Network {
  room = 0 // rows that the buffers hold

  /**
   * @param {number[]} sizes  of the input, the hidden layers and the output
   * @param {Float64Array} weights  not copied
   */
  constructor(sizes, weights) {
    this.sizes = sizes
    this.weights = weights
    this.grads = new Float64Array(weights.length)
    this.layers = layersOf(sizes, weights, this.grads)
  }

  makeRoom(rows) {
    if (rows <= this.room) return
    this.room = rows
    const widest = Math.max(...this.sizes)
    const sheet = (columns) => new Float64Array(rows * columns)
    this.sums = this.layers.map(({ fanOut }) => sheet(fanOut)) // before tanh; the last ones are the output
    this.values = this.layers.map(({ fanIn }) => sheet(fanIn)) // what each layer acts on
    this.gradient = sheet(widest)
    this.next = sheet(widest)
    this.turned = [sheet(widest), sheet(widest), new Float64Array(widest * widest)]
  }

  /**
   * r(x) of n points, and with `slopes` its derivatives: D blocks of n rows, one an input.
   * @param {Float64Array} x  (n * D)
   * @param {number} n
   * @param {boolean} [slopes]
   * @returns {Float64Array}  (rows * D) and what lay in the buffer behind them, until the next call
   */
  forward(x, n, slopes = false) {
    const dim = this.sizes[0]
    const rows = slopes ? n * (1 + dim) : n
    this.makeRoom(rows)
    const { layers, sums, values } = /** @type {any} */ (this)
    values[0].set(x.length === n * dim ? x : x.subarray(0, n * dim))
    if (slopes) {
      values[0].fill(0, n * dim, rows * dim)
      for (let d = 0; d < dim; d++) for (let i = 0; i < n; i++) values[0][((1 + d) * n + i) * dim + d] = 1
    }
    layers.forEach(({ fanIn, fanOut, weight, bias }, at) => {
      const out = sums[at]
      products(out, values[at], weight, rows, fanOut, fanIn)
      for (let i = 0, j = 0; i < n; i++) for (let o = 0; o < fanOut; o++, j++) out[j] += bias[o]
      if (at === layers.length - 1) return
      const after = values[at + 1]
      const size = n * fanOut
      for (let j = 0; j < size; j++) after[j] = 1 - 2 / (Math.exp(2 * out[j]) + 1) // tanh, in half its time
      for (let block = size; block < rows * fanOut; block += size) {
        for (let j = 0; j < size; j++) after[block + j] = (1 - after[j] * after[j]) * out[block + j]
      }
    })
    return sums[layers.length - 1]
  }

  /**
   * Sets `grads`, after `forward` of the same points.
   * @param {Float64Array} outGrad  (rows * D) the loss by what `forward` gave
   * @param {number} n
   * @param {boolean} [slopes]
   */
  backward(outGrad, n, slopes = false) {
    const dim = this.sizes[0]
    const rows = slopes ? n * (1 + dim) : n
    const { layers, sums, values, turned } = /** @type {any} */ (this)
    let { gradient, next } = /** @type {any} */ (this)
    gradient.set(outGrad.subarray(0, rows * dim))
    for (let at = layers.length - 1; at >= 0; at--) {
      const { fanIn, fanOut, weight, weightGrad, biasGrad } = layers[at]
      if (at < layers.length - 1) throughTanh(gradient, sums[at], values[at + 1], n * fanOut, rows * fanOut)
      biasGrad.fill(0)
      for (let i = 0, j = 0; i < n; i++) for (let o = 0; o < fanOut; o++, j++) biasGrad[o] += gradient[j]
      transposed(turned[0], gradient, rows, fanOut)
      transposed(turned[1], values[at], rows, fanIn)
      products(weightGrad, turned[0], turned[1], fanOut, fanIn, rows)
      if (at === 0) return
      transposed(turned[2], weight, fanOut, fanIn)
      products(next, gradient, turned[2], rows, fanIn, fanOut)
      ;[gradient, next] = [next, gradient]
    }
  }
}

/**
 * Back through h = tanh(s), and through the derivatives t = (1 - h^2) s', in place.
 * @param {Float64Array} gradient  by h and by t; afterwards by s and by s'
 * @param {Float64Array} sums  s, then s'
 * @param {Float64Array} values  h, then t
 * @param {number} size  how many h
 * @param {number} all  how many h and t
 */
function throughTanh(gradient, sums, values, size, all) {
  for (let block = size; block < all; block += size) {
    for (let j = 0; j < size; j++) {
      gradient[j] -= 2 * values[j] * gradient[block + j] * sums[block + j]
      gradient[block + j] *= 1 - values[j] * values[j]
    }
  }
  for (let j = 0; j < size; j++) gradient[j] *= 1 - values[j] * values[j]
}
