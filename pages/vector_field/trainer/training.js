// The training loop. The twin of train_field in aecore/field.py.

import { Adam } from "../../../ui/live/train/adam.js"
import { Draws, STREAMS } from "../../../ui/live/train/draws.js"
import { firstWeights, Network } from "../../../ui/live/train/network.js"

const MEMORY = 50 // steps that the running average of the weights remembers

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
    this.adam = new Adam(weights.length)
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

  /** A step of Adam, and of the running average of the weights. */
  descend() {
    const { average, adam } = this
    const { weights, grads } = this.network
    this.steps++
    adam.step(weights, grads, this.recipe.lr)
    const share = Math.max(1 / MEMORY, 3 / (this.steps + 2))
    for (let i = 0; i < weights.length; i++) average.weights[i] += share * (weights[i] - average.weights[i])
  }
}
