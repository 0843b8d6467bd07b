// A small fully connected network with its gradients: D numbers through hidden layers to as many as the last layer has,
// which is linear. With tanh and D to D it is the twin of FieldNet in aecore/field.py.
//
// All weights lie in one array, layer after layer: weight (fan out, fan in), then bias. A batch is an array of rows. For
// the contractive loss each point brings D rows more, behind all points: its derivatives along each input, which go
// through the same products (forward mode), so that one product a layer serves both.

import { relu, tanh, throughRelu, throughTanh } from "./activations.js"
import { Draws, STREAMS } from "./draws.js"
import { DOUBLE } from "./products.js"

const FIRST_GAIN = 8 // over D, of the first layer, as in aecore/field.py

const ACTIVATIONS = { tanh: { apply: tanh, back: throughTanh }, relu: { apply: relu, back: throughRelu } }

/**
 * @typedef {import("./products.js").Floats} Floats
 * @typedef {import("./products.js").Arithmetic} Arithmetic
 *
 * @typedef {object} Layer
 * @property {number} fanIn
 * @property {number} fanOut
 * @property {Floats} weight  a view of all weights
 * @property {Floats} bias
 * @property {Floats} weightGrad
 * @property {Floats} biasGrad
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
   * @param {Floats} weights  not copied
   * @param {"tanh" | "relu"} [activation]  of the hidden layers
   * @param {Arithmetic} [arithmetic]
   */
  constructor(sizes, weights, activation = "tanh", arithmetic = DOUBLE) {
    this.sizes = sizes
    this.weights = weights
    this.activation = ACTIVATIONS[activation]
    this.arithmetic = arithmetic
    this.grads = arithmetic.array(weights.length)
    this.layers = layersOf(sizes, weights, this.grads)
  }

  makeRoom(rows) {
    if (rows <= this.room) return
    this.room = rows
    const widest = Math.max(...this.sizes)
    const sheet = (columns) => this.arithmetic.array(rows * columns)
    this.sums = this.layers.map(({ fanOut }) => sheet(fanOut)) // before tanh; the last ones are the output
    this.values = this.layers.map(({ fanIn }) => sheet(fanIn)) // what each layer acts on
    this.gradient = sheet(widest)
    this.next = sheet(widest)
    const largest = Math.max(...this.layers.map(({ weight }) => weight.length))
    this.turned = [sheet(widest), sheet(widest), this.arithmetic.array(largest)]
  }

  /**
   * r(x) of n points, and with `slopes` its derivatives: D blocks of n rows, one an input.
   * @param {Floats} x  (n * D)
   * @param {number} n
   * @param {boolean} [slopes]
   * @returns {Floats}  (rows * outputs) and what lay in the buffer behind them, until the next call
   */
  forward(x, n, slopes = false) {
    const dim = this.sizes[0]
    const rows = slopes ? n * (1 + dim) : n
    this.makeRoom(rows)
    const { layers, sums, values, activation } = /** @type {any} */ (this)
    const { products } = this.arithmetic
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
      activation.apply(after, out, size, rows * fanOut)
    })
    return sums[layers.length - 1]
  }

  /**
   * Sets `grads`, after `forward` of the same points.
   * @param {Floats} outGrad  the loss by what `forward` gave
   * @param {number} n
   * @param {boolean} [slopes]
   * @param {boolean} [deeper]  for the gradient by x, too
   * @returns {?Floats}  it, (n * D) and what lay behind, until the next call
   */
  backward(outGrad, n, slopes = false, deeper = false) {
    const dim = this.sizes[0]
    const rows = slopes ? n * (1 + dim) : n
    const { layers, sums, values, turned, activation } = /** @type {any} */ (this)
    const { products, transposed } = this.arithmetic
    let { gradient, next } = /** @type {any} */ (this)
    gradient.set(outGrad.subarray(0, rows * this.sizes[this.sizes.length - 1]))
    for (let at = layers.length - 1; at >= 0; at--) {
      const { fanIn, fanOut, weight, weightGrad, biasGrad } = layers[at]
      if (at < layers.length - 1) activation.back(gradient, sums[at], values[at + 1], n * fanOut, rows * fanOut)
      biasGrad.fill(0)
      for (let i = 0, j = 0; i < n; i++) for (let o = 0; o < fanOut; o++, j++) biasGrad[o] += gradient[j]
      transposed(turned[0], gradient, rows, fanOut)
      transposed(turned[1], values[at], rows, fanIn)
      products(weightGrad, turned[0], turned[1], fanOut, fanIn, rows)
      if (at === 0 && !deeper) return null
      transposed(turned[2], weight, fanOut, fanIn)
      products(next, gradient, turned[2], rows, fanIn, fanOut)
      ;[gradient, next] = [next, gradient]
    }
    return gradient
  }
}
