// The training loop on digits, 784-h-d-h-784. The twin of LossNet, `terms` and `train_digits` in
// aecore/learning/objectives.py.

import { Adam } from "../../../ui/live/train/adam.js"
import { Draws, STREAMS } from "../../../ui/live/train/draws.js"
import { Network, weightsOf } from "../../../ui/live/train/network.js"
import { asPixels, divergence, LOSSES, PIXELS, reconstruction, within } from "./losses.js"

/**
 * @typedef {object} Recipe  see LossRecipe in aecore/learning/objectives.py
 * @property {string} loss
 * @property {number} latent
 * @property {number} width
 * @property {number} lr
 * @property {number} batch
 * @property {number} beta
 * @property {number} noise
 * @property {number} copies
 * @property {number} seed
 * @property {"relu" | "tanh"} activation
 */

export class Learner {
  steps = 0

  /**
   * @param {Uint8Array} digits  (N * PIXELS)
   * @param {Recipe} recipe  lr, beta and noise may change at any time; batch times copies up to `room`
   * @param {import("../../../ui/live/train/products.js").Arithmetic} arithmetic
   * @param {number} room  rows that go through at once
   */
  constructor(digits, recipe, arithmetic, room = recipe.batch * recipe.copies) {
    this.digits = digits
    this.recipe = recipe
    this.loss = LOSSES[recipe.loss]
    const { seed } = recipe
    const { latent } = this
    const rng = new Draws(seed, STREAMS.weights)
    const [encoder, decoder] = this.sizes().map((sizes) => {
      const weights = arithmetic.array(weightsOf(sizes))
      fillEvenly(weights, sizes, rng, this.edge)
      const made = new Network(sizes, weights, recipe.activation, arithmetic)
      made.makeRoom(room)
      return made
    })
    this.encoder = encoder
    this.decoder = decoder
    this.logSigma = { weights: new Float64Array(1), grads: new Float64Array(1) } // of the Gaussian
    this.adams = [this.encoder, this.decoder].map(({ weights }) => new Adam(weights.length, 0.9, arithmetic))
    this.sigmaAdam = new Adam(1)
    const stream = (name) => new Draws(seed, STREAMS[name])
    this.draws = {
      order: stream("batches"),
      noise: stream("noise"),
      pixels: stream("pixels"),
      epsilon: stream("epsilon"),
    }
    this.x = arithmetic.array(room * PIXELS)
    this.given = arithmetic.array(room * PIXELS)
    this.outGrad = arithmetic.array(room * PIXELS)
    this.z = arithmetic.array(room * latent)
    this.epsilon = arithmetic.array(room * latent)
    this.codeGrad = arithmetic.array(room * 2 * latent)
  }

  /** Numbers in the code. */
  get latent() {
    return this.recipe.latent
  }

  /** Of the layers of the encoder and of the decoder. */
  sizes() {
    const { width, latent } = this.recipe
    return [
      [PIXELS, width, this.loss.variational ? 2 * latent : latent],
      [latent, width, PIXELS],
    ]
  }

  /** Weights begin uniform up to it: see LossNet. */
  edge(fanIn, _fanOut) {
    return Math.sqrt(6 / fanIn)
  }

  /** Codes of pictures, (rows * latent), until the next call; the means where a code is a distribution. */
  codeOf(x, rows) {
    const { latent } = this
    const out = this.encoder.forward(x, rows)
    if (!this.loss.variational) return out.subarray(0, rows * latent)
    for (let r = 1; r < rows; r++) for (let j = 0; j < latent; j++) out[r * latent + j] = out[2 * r * latent + j]
    return out.subarray(0, rows * latent)
  }

  /** One step: five lines, as in torch. Returns the loss of its batch and its terms, before the step. */
  step() {
    const logits = this.forward(this.nextBatch())
    const terms = this.lossOf(logits)
    this.zeroGrad()
    this.backward()
    this.descend()
    return terms
  }

  /** Digits for the next step, in `x`, each `copies` times; and in `given`, what the network sees of them. */
  nextBatch() {
    const { x, given, digits, draws } = this
    const { batch, copies, noise } = this.recipe
    const count = batch * PIXELS
    for (let i = 0; i < batch; i++) {
      const from = PIXELS * draws.order.below(digits.length / PIXELS)
      for (let j = 0; j < PIXELS; j++) x[i * PIXELS + j] = digits[from + j] / 255
    }
    for (let copy = 1; copy < copies; copy++) x.copyWithin(copy * count, 0, count)
    asPixels(x, copies * count, this.loss.pixels, draws.pixels)
    given.set(x.subarray(0, copies * count))
    if (noise) for (let j = 0; j < copies * count; j++) given[j] += noise * draws.noise.normal()
    return batch * copies
  }

  /** Log-odds of ink, of `rows` pictures in `given`; with a code that is drawn where it is a distribution. */
  forward(rows, epsilon = this.draws.epsilon) {
    const { latent } = this
    this.rows = rows
    this.code = this.encoder.forward(this.given, rows)
    if (!this.loss.variational) {
      this.z.set(this.code.subarray(0, rows * latent))
    } else {
      for (let r = 0; r < rows; r++) {
        for (let j = 0; j < latent; j++) {
          const at = r * latent + j
          const [mu, logvar] = [this.code[2 * r * latent + j], within(this.code[2 * r * latent + latent + j])]
          this.epsilon[at] = epsilon.normal()
          this.z[at] = mu + Math.exp(0.5 * logvar) * this.epsilon[at]
        }
      }
      epsilon.spare = NaN // an odd one is dropped, as Python drops it
    }
    this.logits = this.decoder.forward(this.z, rows)
    return this.logits
  }

  /** The loss of the rows that went forward last, and its terms; with its gradient by the logits. */
  lossOf(logits, gradient = this.outGrad) {
    const { loss, rows, x } = this
    const [error, sigmaGrad] = reconstruction(logits, x, rows, loss, this.logSigma.weights[0], gradient)
    if (gradient) this.sigmaGrad = sigmaGrad
    const kl = loss.variational ? divergence(this.code, rows, this.latent) : 0
    return { loss: error + this.recipe.beta * kl, reconstruction: error, kl }
  }

  zeroGrad() {
    this.encoder.grads.fill(0)
    this.decoder.grads.fill(0)
    this.logSigma.grads[0] = 0
  }

  /** The gradients of all weights, from the loss back through the decoder, the code and the encoder. */
  backward() {
    const { rows, codeGrad, epsilon } = this
    const code = /** @type {any} */ (this.code)
    const { latent, beta } = this.recipe
    const byZ = /** @type {any} */ (this.decoder.backward(this.outGrad, rows, false, true))
    if (!this.loss.variational) {
      codeGrad.set(byZ.subarray(0, rows * latent))
    } else {
      for (let r = 0; r < rows; r++) {
        for (let j = 0; j < latent; j++) {
          const [at, place] = [r * latent + j, 2 * r * latent + j]
          const raw = code[place + latent]
          const logvar = within(raw)
          const inside = raw === logvar ? 1 : 0
          codeGrad[place] = byZ[at] + (beta * code[place]) / rows
          const bySample = byZ[at] * epsilon[at] * 0.5 * Math.exp(0.5 * logvar)
          codeGrad[place + latent] = inside * (bySample + (beta * 0.5 * (Math.exp(logvar) - 1)) / rows)
        }
      }
    }
    this.encoder.backward(codeGrad, rows)
    this.logSigma.grads[0] = /** @type {number} */ (this.sigmaGrad)
  }

  /** A step of Adam for all weights. */
  descend() {
    const { lr } = this.recipe
    this.steps++
    ;[this.encoder, this.decoder].forEach(({ weights, grads }, i) => this.adams[i].step(weights, grads, lr))
    if (this.loss.learned) this.sigmaAdam.step(this.logSigma.weights, this.logSigma.grads, lr)
  }

  /**
   * Goes on from another learner: what both have, units of a layer from the first on, keeps its weights.
   * @param {Learner} other
   */
  inherit(other) {
    this.steps = other.steps
    this.draws = other.draws
    this.logSigma.weights.set(other.logSigma.weights)
    this.adams.forEach((adam, i) => {
      const { steps, mean, square } = other.adams[i]
      if (mean.length !== adam.mean.length) return // of another shape: Adam begins anew
      adam.steps = steps
      adam.mean.set(mean)
      adam.square.set(square)
    })
    for (const part of /** @type {("encoder" | "decoder")[]} */ (["encoder", "decoder"])) {
      this[part].layers.forEach((to, i) => {
        const from = other[part].layers[i]
        const outs = Math.min(to.fanOut, from.fanOut)
        const ins = Math.min(to.fanIn, from.fanIn)
        for (let o = 0; o < outs; o++) {
          to.bias[o] = from.bias[o]
          for (let j = 0; j < ins; j++) to.weight[o * to.fanIn + j] = from.weight[o * from.fanIn + j]
        }
      })
    }
  }
}

/** Weights uniform within an edge, biases 0, layer after layer. */
function fillEvenly(weights, sizes, rng, edgeOf) {
  let at = 0
  for (let i = 1; i < sizes.length; i++) {
    const edge = edgeOf(sizes[i - 1], sizes[i])
    const end = at + sizes[i] * sizes[i - 1]
    for (; at < end; at++) weights[at] = (2 * rng.uniform() - 1) * edge
    at += sizes[i]
  }
}
