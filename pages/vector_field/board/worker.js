// The training in a Web Worker: the page's own thread draws, and never waits for it.
//
// It hears { do: "begin", recipe, points, dim }, { do: "change", recipe }, { do: "points", points }, { do: "play",
// playing }, { do: "step" }, { do: "look", grid }. It answers nothing but looks: what the network makes of the places of
// a grid, its weights and its losses; so the page asks as often as it can draw.

import { serveTrainer } from "../../../ui/live/train/serve.js"
import { bestDenoiser, leastLoss, meanDistance, measureField } from "../trainer/truth.js"
import { Training } from "../trainer/training.js"

const SLICE = 8 // ms of training between two looks into the letter box
const PAUSE = 350 // ms between two measurements

/** Makes a worker's global scope serve. */
export const serve = (scope) => serveTrainer(scope, new Trainer())

class Trainer {
  training = /** @type {?Training} */ (null)
  playing = false
  begun = 0 // how many networks there have been
  losses = /** @type {number[]} */ ([]) // since the last look
  rate = 0 // steps a second
  measured = -Infinity // when, ms
  numbers = /** @type {any} */ (null)
  stale = true // the numbers are of another network, noise or data
  single = false // the last step was asked for

  get runs() {
    return this.playing && this.training !== null && this.training.points.length > 0
  }

  begin({ recipe, points, dim }) {
    this.training = new Training(points, recipe, dim)
    this.begun++
    this.losses = []
    this.renew()
  }

  change({ recipe }) {
    if (!this.training) return
    Object.assign(this.training.recipe, recipe)
    this.renew()
  }

  points({ points }) {
    if (!this.training) return
    this.training.points = points
    this.renew()
  }

  /** What depends on data and noise alone. */
  renew() {
    const { points, recipe, dim } = /** @type {Training} */ (this.training)
    this.floor = points.length && recipe.kind === "denoising" ? leastLoss(recipe.sigma, points, dim) : null
    this.stale = true
    this.measured = -Infinity
  }

  play({ playing }) {
    this.playing = playing
    this.rate = 0
  }

  step() {
    if (!this.training?.points.length) return
    this.single = true
    this.losses.push(this.training.step())
    this.stale = true
    this.measured = -Infinity
  }

  train() {
    if (!this.runs) return
    const { training } = /** @type {{ training: Training }} */ (this)
    const start = performance.now()
    let [steps, now] = [0, start]
    while (now - start < SLICE) {
      this.losses.push(training.step())
      steps++
      now = performance.now()
    }
    this.stale = true
    const rate = (1000 * steps) / (now - start)
    this.rate = this.rate ? this.rate + 0.05 * (rate - this.rate) : rate
  }

  look({ grid }) {
    const { training } = this
    if (!training) return null
    const { average, dim, points, recipe } = training
    const moved = Float32Array.from(average.forward(grid, grid.length / dim).subarray(0, grid.length))
    const answer = {
      begun: this.begun,
      steps: training.steps,
      sizes: average.sizes,
      weights: average.weights.slice(),
      moved,
      losses: this.losses,
      floor: this.floor,
      rate: this.rate,
      parts: training.parts,
      batch: training.steps ? { clean: training.clean.slice(), given: training.given.slice() } : null,
      single: this.single,
      stale: false,
      numbers: /** @type {any} */ (null),
    }
    this.losses = []
    this.single = false
    if (this.stale && points.length && performance.now() - this.measured > PAUSE) {
      answer.numbers =
        dim === 2 ? measureField(average, points, recipe.sigma) : measureLine(average, points, recipe.sigma)
      this.measured = performance.now()
      this.stale = false
    }
    answer.stale = this.stale && points.length > 0
    return answer
  }
}

/** What a network on a line does to its points. */
function measureLine(network, points, sigma) {
  const moved = network.forward(points, points.length).slice(0, points.length)
  return {
    onData: meanDistance(points, moved, 1),
    dataBest: meanDistance(points, bestDenoiser(points, sigma, points, 1), 1),
  }
}
