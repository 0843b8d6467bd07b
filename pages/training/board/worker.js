// One training in a Web Worker: the page's own thread draws, and never waits for it.
//
// It hears { do: "digits", x, y, xTest, yTest }, { do: "begin", recipe }, { do: "change", recipe }, { do: "play",
// playing }, { do: "step" }, { do: "back" }, { do: "look" }, { do: "keep", way }; it answers looks and "keep".

import { Draws } from "../../../ui/live/train/draws.js"
import { weightsOf } from "../../../ui/live/train/network.js"
import { serveTrainer } from "../../../ui/live/train/serve.js"
import { single } from "../../../ui/live/train/single.js"
import { LOSSES, PIXELS, sigmoid } from "../trainer/losses.js"
import { errorsOf, nearestRight, Plane2 } from "../trainer/plane.js"
import { learnerOf } from "../trainer/rounds.js"
import { Back } from "./back.js"

const SLICE = 10 // ms of training between two looks into the letter box
const ROOM = 256 // rows that go through at once, at least
const HELD_OUT = 256 // test digits of the held-out loss
const KERNELS = 12 // that are shown
const EVERY = { plane: 200, kernels: 450, held: 800, right: 3000 } // ms
const SHARE = 10 // of the time, a measurement takes one part in so many
const LINES = ["forward", "lossOf", "zeroGrad", "backward", "descend"] // of a step

/** Makes a worker's global scope serve. */
export const serve = (scope) => serveTrainer(scope, new Run())

/** Bytes that a learner's arrays take. */
function bytesOf({ width, latent }, room) {
  const row = 14 * PIXELS + 6 * width + 12 * latent
  const weights = weightsOf([PIXELS, width, 2 * latent]) + weightsOf([latent, width, PIXELS])
  return 4 * (1.02 * room * row + 5.1 * weights) + 262_144
}

export class Run {
  learner = /** @type {any} */ (null)
  x = new Uint8Array(0) // training digits
  y = new Uint8Array(0) // their classes
  xTest = new Uint8Array(0)
  yTest = new Uint8Array(0)
  playing = false
  begun = 0
  part = { loss: 0, reconstruction: 0, kl: 0, steps: 0 } // sums since the last look
  rate = 0 // images a second
  lines = /** @type {any} */ (null) // of a step that was asked for
  last = { plane: -Infinity, kernels: -Infinity, held: -Infinity, right: -Infinity } // when each was measured, ms
  cost = { plane: 0, kernels: 0, held: 0, right: 0 } // how long each took, ms
  changed = 0 // when the weights did, ms
  flat = new Plane2()
  broken = 0 // the step at which the loss was no number any more; 0 while it is one
  past = new Back()

  get runs() {
    return this.playing && this.learner !== null && !this.broken
  }

  digits({ x, y, xTest, yTest }) {
    Object.assign(this, { x, y, xTest, yTest })
  }

  make(recipe) {
    const room = Math.max(ROOM, recipe.batch * recipe.copies)
    const latent = LOSSES[recipe.loss].rule ? recipe.width : recipe.latent
    return learnerOf(this.x, { ...recipe }, single(bytesOf({ ...recipe, latent }, room)), room)
  }

  begin({ recipe }) {
    this.learner = this.make(recipe)
    this.begun++
    this.broken = 0
    this.past.anew(this.learner)
    this.renew()
  }

  /** Goes on under another recipe: with the same weights as far as both networks have them. */
  change({ recipe }) {
    if (this.broken) this.back()
    const before = this.learner
    const shape = ({ width, latent, loss, activation }) =>
      JSON.stringify([width, latent, activation, LOSSES[loss].variational, Boolean(LOSSES[loss].rule)])
    const fits = recipe.batch * recipe.copies <= before.x.length / PIXELS
    if (shape(recipe) === shape(before.recipe) && fits) {
      Object.assign(before.recipe, recipe)
      before.loss = LOSSES[recipe.loss]
    } else {
      this.learner = this.make(recipe)
      if (Boolean(this.learner.loss.rule) === Boolean(before.loss.rule)) this.learner.inherit(before)
      else this.learner.steps = before.steps // its weights are of another kind and begin anew; its curve goes on
      this.past.anew(this.learner)
    }
    this.renew()
  }

  renew() {
    this.part = { loss: 0, reconstruction: 0, kl: 0, steps: 0 }
    this.changed = performance.now()
    for (const name of Object.keys(this.last)) this.last[name] = -Infinity
  }

  play({ playing }) {
    this.playing = playing
    this.rate = 0
  }

  /** To a state in which all numbers were finite. */
  back() {
    Object.assign(this, { broken: 0, lines: null })
    this.past.restore(this.learner)
    this.renew()
  }

  add(terms) {
    if (!Number.isFinite(terms.loss)) {
      this.broken = this.learner.steps
      return
    }
    for (const name of /** @type {const} */ (["loss", "reconstruction", "kl"])) this.part[name] += terms[name]
    this.part.steps++
    this.changed = performance.now()
  }

  train() {
    const { learner } = this
    if (!this.playing || !learner || this.broken) return
    const start = performance.now()
    let [steps, now] = [0, start]
    while (now - start < SLICE && !this.broken) {
      this.add(learner.step())
      steps++
      now = performance.now()
    }
    if (!this.broken) this.past.keep(learner, now)
    const rate = (1000 * steps * learner.recipe.batch) / (now - start)
    this.rate = this.rate ? this.rate + 0.05 * (rate - this.rate) : rate
  }

  /** One step, each of its lines with a number: `step` itself runs, on a learner that tells what it does. */
  step() {
    const { learner } = this
    if (!learner || this.broken) return
    const watched = Object.create(learner)
    this.lines = []
    const before = new Float32Array(learner.encoder.weights)
    for (const name of LINES) {
      watched[name] = (...given) => {
        const sizeBefore = name === "zeroGrad" ? norm(learner.encoder.grads, learner.decoder.grads) : 0
        const result = learner[name](...given)
        this.lines.push(this.tell(name, result, sizeBefore, before))
        return result
      }
    }
    this.add(watched.step())
  }

  tell(name, result, sizeBefore, before) {
    const { encoder, decoder, rows, z, recipe, latent, loss } = this.learner
    if (name === "forward") {
      let ink = 0
      for (let i = 0; i < rows * PIXELS; i++) ink += sigmoid(result[i])
      return { rows, code: [...z.subarray(0, Math.min(latent, 3))], ink: ink / (rows * PIXELS) }
    }
    if (name === "lossOf") return result
    if (name === "zeroGrad") return { before: sizeBefore, after: norm(encoder.grads, decoder.grads) }
    if (name === "backward") return { norm: norm(encoder.grads, decoder.grads), rule: loss.rule }
    let moved = 0
    for (let i = 0; i < before.length; i++) moved = Math.max(moved, Math.abs(encoder.weights[i] - before[i]))
    return { moved, lr: recipe.lr, rule: loss.rule }
  }

  // ---- what is seen

  /** Codes of digits, means where they are distributions. */
  codes(digits) {
    const { learner } = this
    const { latent } = learner
    const count = digits.length / PIXELS
    const all = new Float32Array(count * latent)
    for (let from = 0; from < count; from += ROOM) {
      const rows = Math.min(ROOM, count - from)
      fill(learner.given, digits, from, rows)
      all.set(learner.codeOf(learner.given, rows), from * latent)
    }
    return all
  }

  /** Log-odds of ink of a few codes. */
  decoded(codes, rows) {
    this.learner.z.set(codes)
    return this.learner.decoder.forward(this.learner.z, rows)
  }

  /** A measurement, if it is time for it: it must leave most of the time to the training. */
  measured(name, now, measure) {
    const pause = this.playing ? Math.max(EVERY[name], SHARE * this.cost[name]) : 0
    if (this.last[name] >= this.changed || now - this.last[name] < pause) return null
    const start = performance.now()
    const result = measure()
    this.cost[name] = performance.now() - start
    this.last[name] = now
    return result
  }

  look({ shown }) {
    const { learner } = this
    if (!learner) return null
    if (this.broken) return { begun: this.begun, steps: this.broken, broken: true, back: this.past.steps }
    const now = performance.now()
    const { steps } = this.part
    const trail = steps
      ? {
          step: learner.steps,
          loss: this.part.loss / steps,
          reconstruction: this.part.reconstruction / steps,
          kl: this.part.kl / steps,
        }
      : null
    this.part = { loss: 0, reconstruction: 0, kl: 0, steps: 0 }
    const answer = {
      begun: this.begun,
      steps: learner.steps,
      rate: this.rate,
      sigma: Math.exp(learner.logSigma.weights[0]),
      trail,
      pictures: Float32Array.from(
        this.decoded(this.codes(shown), shown.length / PIXELS).subarray(0, shown.length),
        sigmoid,
      ),
      plane: this.measured("plane", now, () => this.plane()),
      kernels: this.measured("kernels", now, () => this.kernels()),
      held: this.measured("held", now, () => this.held()),
      right: this.measured("right", now, () => this.right()),
      lines: this.lines,
    }
    this.lines = null
    return answer
  }

  right() {
    const { latent } = this.learner
    return nearestRight(this.codes(this.x), this.y, this.codes(this.xTest), this.yTest, latent)
  }

  /** Every test digit's code, in the two directions in which codes differ most. */
  plane() {
    return this.flat.of(this.codes(this.xTest), this.learner.latent)
  }

  kernels() {
    const { weight, fanOut } = this.learner.encoder.layers[0]
    return weight.slice(0, Math.min(KERNELS, fanOut) * PIXELS)
  }

  /** The loss on held-out digits, with the same noise every time, and their errors by every measure. */
  held() {
    const { learner } = this
    const { batch, copies } = learner.recipe
    fill(learner.x, this.xTest, 0, HELD_OUT)
    const { nats, squared, grey } = errorsOf(
      this.decoded(this.codes(this.xTest.subarray(0, HELD_OUT * PIXELS)), HELD_OUT),
      learner.x,
      HELD_OUT,
    )
    if (learner.loss.pixels !== "grey") {
      const draws = new Draws(1, 0)
      for (let i = 0; i < HELD_OUT * PIXELS; i++) {
        learner.x[i] = learner.x[i] > (learner.loss.pixels === "drawn" ? draws.uniform() : 0.5) ? 1 : 0
      }
    }
    learner.given.set(learner.x.subarray(0, HELD_OUT * PIXELS))
    const noise = new Draws(1, 1)
    if (learner.recipe.noise) {
      for (let i = 0; i < HELD_OUT * PIXELS; i++) learner.given[i] += learner.recipe.noise * noise.normal()
    }
    const terms = learner.lossOf(learner.forward(HELD_OUT, new Draws(1, 2)), null)
    learner.rows = batch * copies
    return { step: learner.steps, ...terms, nats, squared, grey }
  }

  /** The weights, to take along. */
  keep({ way }) {
    const { encoder, decoder, recipe, steps } = this.learner
    return {
      way,
      kept: { encoder: encoder.weights.slice(), decoder: decoder.weights.slice(), recipe: { ...recipe }, steps },
    }
  }
}

/** Digits as numbers in [0, 1]. */
function fill(to, digits, from, rows) {
  for (let i = 0, at = from * PIXELS; i < rows * PIXELS; i++, at++) to[i] = digits[at] / 255
}

function norm(...arrays) {
  let sum = 0
  for (const array of arrays) for (let i = 0; i < array.length; i++) sum += array[i] * array[i]
  return Math.sqrt(sum)
}
