// A generator and a critic in the plane learn from each other. The twin of train_plane in aecore/gans/plane.py.
//
// Both are networks of ui/live/train. What the gradient penalty needs is there: a critic's derivatives by its input run
// through it beside its points (forward mode), and back again, which gives the second derivative by input and weights.

import { Adam } from "../../../ui/live/train/adam.js"
import { Draws, STREAMS } from "../../../ui/live/train/draws.js"
import { firstWeights, Network } from "../../../ui/live/train/network.js"
import { centres, SPREAD } from "./data.js"

const LATENT = 5 // streams of random numbers beside those of STREAMS, as in aecore/gans/plane.py
const BLUR = 6
const SHOWN = 7
const MOMENTUM = 0.5 // Adam's: less momentum than elsewhere, for the other player moves, too
const CRITIC = 10007 // added to the seed of the critic's first weights
const TINY = 1e-12 // under the root: its slope at 0 is infinite

/**
 * @typedef {object} Recipe  see PlaneRecipe in aecore/gans/plane.py
 * @property {import("./data.js").Shape} shape
 * @property {"minimax" | "non-saturating" | "wgan-gp" | "wgan-div"} game
 * @property {number} strength  of the penalty
 * @property {number} power  of WGAN-div's
 * @property {number} lr  of the generator
 * @property {number} criticLr
 * @property {number} criticSteps  a step of the generator
 * @property {number} noise  on all that the critic sees
 * @property {number} width
 * @property {number} batch
 * @property {number} seed
 */

export class Duel {
  steps = 0
  losses = { critic: 0, generator: 0 } // of the last step

  /** @param {Recipe} recipe  all but shape, width, batch and seed may change at any time */
  constructor(recipe) {
    this.recipe = recipe
    const { width, batch, seed } = recipe
    const [down, judged] = [
      [2, width, width, 2],
      [2, width, width, 1],
    ]
    this.generator = new Network(down, firstWeights(down, seed))
    this.critic = new Network(judged, firstWeights(judged, seed + CRITIC))
    this.adam = new Adam(this.generator.weights.length, MOMENTUM)
    this.criticAdam = new Adam(this.critic.weights.length, MOMENTUM)
    this.centres = centres(recipe.shape)
    this.order = new Draws(seed, STREAMS.batches)
    this.spread = new Draws(seed, STREAMS.noise)
    this.latent = new Draws(seed, LATENT)
    this.blur = new Draws(seed, BLUR)
    this.z = new Float64Array(2 * batch)
    this.both = new Float64Array(4 * batch) // data, then what the generator made
    this.between = new Float64Array(2 * batch)
    this.outGrad = new Float64Array(3 * batch)
    this.first = new Float64Array(this.critic.weights.length) // gradients, while the penalty's are made
  }

  /** The critic learns from a few batches, then the generator from the critic. */
  step() {
    for (let i = 0; i < this.recipe.criticSteps; i++) this.criticise()
    this.generate()
    this.steps++
  }

  /** A step of the critic. */
  criticise() {
    const { both, critic, recipe, outGrad, centres } = this
    const { batch, game } = recipe
    for (let i = 0; i < batch; i++) {
      const k = this.order.below(centres.length / 2)
      both[2 * i] = centres[2 * k] + SPREAD * this.spread.normal()
      both[2 * i + 1] = centres[2 * k + 1] + SPREAD * this.spread.normal()
    }
    both.set(this.made().subarray(0, 2 * batch), 2 * batch)
    this.blurred(both)
    const score = critic.forward(both, 2 * batch)
    let loss = 0
    for (let i = 0; i < 2 * batch; i++) {
      const sign = i < batch ? -1 : 1 // towards high scores for data, low ones for the rest
      const wasserstein = game.startsWith("wgan")
      loss += wasserstein ? sign * score[i] : softplus(sign * score[i])
      outGrad[i] = (sign * (wasserstein ? 1 : sigmoid(sign * score[i]))) / batch
    }
    critic.backward(outGrad, 2 * batch)
    this.losses.critic = loss / batch + (game.startsWith("wgan") ? this.penalise() : 0)
    this.criticAdam.step(critic.weights, critic.grads, recipe.criticLr)
  }

  /** What the critic pays for its slope, between data and what was made; adds to its gradients. */
  penalise() {
    const { both, between, critic, first, outGrad, recipe } = this
    const { batch, game, strength, power } = recipe
    first.set(critic.grads)
    for (let i = 0; i < batch; i++) {
      const share = this.order.uniform()
      for (let j = 2 * i; j < 2 * i + 2; j++) between[j] = both[j] + share * (both[j + 2 * batch] - both[j])
    }
    const out = critic.forward(between, batch, true) // scores, derivatives by x, derivatives by y
    let paid = 0
    for (let i = 0; i < batch; i++) {
      const norm = Math.sqrt(out[batch + i] ** 2 + out[2 * batch + i] ** 2 + TINY)
      paid += strength * (game === "wgan-gp" ? (norm - 1) ** 2 : norm ** power)
      const slope = strength * (game === "wgan-gp" ? 2 * (norm - 1) : power * norm ** (power - 1))
      outGrad[i] = 0
      for (const block of [batch, 2 * batch]) outGrad[block + i] = (slope * out[block + i]) / norm / batch
    }
    critic.backward(outGrad, batch, true)
    for (let j = 0; j < first.length; j++) critic.grads[j] += first[j]
    return paid / batch
  }

  /** A step of the generator: the critic's slope at what it made says where its samples should go. */
  generate() {
    const { critic, generator, outGrad, recipe } = this
    const { batch, game } = recipe
    const points = this.made().slice(0, 2 * batch)
    this.blurred(points)
    const score = critic.forward(points, batch)
    let loss = 0
    for (let i = 0; i < batch; i++) {
      if (game === "minimax") loss -= softplus(score[i])
      else loss += game === "non-saturating" ? softplus(-score[i]) : -score[i]
      const slope = game === "minimax" ? sigmoid(score[i]) : game === "non-saturating" ? sigmoid(-score[i]) : 1
      outGrad[i] = -slope / batch
    }
    const push = /** @type {Float64Array} */ (critic.backward(outGrad, batch, false, true)) // by the samples
    generator.backward(push, batch)
    this.losses.generator = loss / batch
    this.adam.step(generator.weights, generator.grads, recipe.lr)
  }

  /** G(z) of fresh noise, (batch * 2) and what lay behind. */
  made() {
    for (let j = 0; j < this.z.length; j++) this.z[j] = this.latent.normal()
    return this.generator.forward(this.z, this.recipe.batch)
  }

  blurred(points) {
    const { noise } = this.recipe
    if (noise) for (let j = 0; j < points.length; j++) points[j] += noise * this.blur.normal()
  }
}

/** The noise from which samples are shown: the same at every moment, so that each can be followed. */
export function shownNoise(count) {
  const rng = new Draws(0, SHOWN)
  return Float64Array.from({ length: 2 * count }, () => rng.normal())
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x))

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
