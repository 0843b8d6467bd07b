// The training loop. The twin of train_field in aecore/field.py.

import { Draws, STREAMS } from "./draws.js"
import { firstWeights, Network } from "./network.js"

const MEMORY = 50 // steps that the running average of the weights remembers
const [BETA1, BETA2, EPS] = [0.9, 0.999, 1e-8] // Adam's

/**
 * @typedef {object} Recipe  see FieldRecipe in aecore/field.py
 * @property {"plain" | "denoising" | "contractive"} kind
 * @property {number} sigma
 * @property {number} lr
 * @property {number[]} widths
 * @property {number} batch
 * @property {number} seed
 */

export class Training {
  steps = 0
  parts = { recon: 0, slopes: 0 } // of the last step's loss; slopes: ||dr/dx||_F^2, unweighted

  /**
   * @param {Float64Array} points  (N * dim); may be replaced at any time
   * @param {Recipe} recipe  kind, sigma and lr may change at any time
   * @param {number} dim
   */
  constructor(points, recipe, dim = 2) {
    this.points = points
    this.recipe = recipe
    this.dim = dim
    const sizes = [dim, ...recipe.widths, dim]
    this.network = new Network(sizes, firstWeights(sizes, recipe.seed))
    const { weights } = this.network
    this.average = new Network(sizes, weights.slice()) // what is shown
    this.mean = new Float64Array(weights.length) // Adam's, of the gradients
    this.square = new Float64Array(weights.length)
    this.order = new Draws(recipe.seed, STREAMS.batches)
    this.noise = new Draws(recipe.seed, STREAMS.noise)
    const rows = recipe.batch * (1 + dim)
    this.clean = new Float64Array(recipe.batch * dim)
    this.given = new Float64Array(recipe.batch * dim)
    this.outGrad = new Float64Array(rows * dim)
  }

  /** One step; returns the loss of its batch, before the step. */
  step() {
    const { dim, clean, given, points } = this
    const { kind, sigma, batch } = this.recipe
    const count = points.length / dim
    for (let i = 0; i < batch; i++) {
      const row = this.order.below(count)
      for (let d = 0; d < dim; d++) clean[i * dim + d] = points[row * dim + d]
    }
    const amount = kind === "denoising" ? sigma : 0
    for (let j = 0; j < clean.length; j++) given[j] = clean[j] + amount * this.noise.normal()
    const loss = this.loss(kind === "contractive" ? sigma * sigma : 0)
    this.network.backward(this.outGrad, batch, kind === "contractive")
    this.descend()
    return loss
  }

  /**
   * ||r(given) - clean||^2 + penalty ||dr/dx||_F^2, the mean over the batch; sets `outGrad`.
   * With a penalty the rows behind the points hold dr/dx.
   */
  loss(penalty) {
    const { clean, given, outGrad, recipe, dim } = this
    const { batch } = recipe
    const out = this.network.forward(given, batch, penalty > 0)
    let [recon, slopes] = [0, 0]
    for (let j = 0; j < batch * dim; j++) {
      const error = out[j] - clean[j]
      recon += error * error
      outGrad[j] = (2 * error) / batch
    }
    for (let j = batch * dim; penalty && j < batch * (1 + dim) * dim; j++) {
      slopes += out[j] * out[j]
      outGrad[j] = (2 * penalty * out[j]) / batch
    }
    this.parts = { recon: recon / batch, slopes: slopes / batch }
    return this.parts.recon + penalty * this.parts.slopes
  }

  /** A step of Adam (Kingma & Ba 2015), and of the running average of the weights. */
  descend() {
    const { mean, square, average } = this
    const { weights, grads } = this.network
    this.steps++
    const rate = this.recipe.lr / (1 - BETA1 ** this.steps)
    const scale = 1 / Math.sqrt(1 - BETA2 ** this.steps)
    const share = Math.max(1 / MEMORY, 3 / (this.steps + 2))
    for (let i = 0; i < weights.length; i++) {
      mean[i] += (1 - BETA1) * (grads[i] - mean[i])
      square[i] += (1 - BETA2) * (grads[i] * grads[i] - square[i])
      weights[i] -= (rate * mean[i]) / (Math.sqrt(square[i]) * scale + EPS)
      average.weights[i] += share * (weights[i] - average.weights[i])
    }
  }
}
