// Points that the visitor drops. They settle: each goes where the network sends it, again and again, and its whole trail
// follows the network while that learns. Or they wander: each is corrupted and denoised in turn, which makes a chain of
// samples (a generative stochastic network, Bengio et al. 2014).

import { Draws, STREAMS } from "../../../ui/live/train/draws.js"
import { Network } from "../../../ui/live/train/network.js"

const PACE = 130 // ms a step of a point that settles
const LONGEST = 30 // steps
const WANDER = 60 // ms a step of a chain
const REMEMBERED = 400 // samples of a chain
export const MOST = 8 // points at a time

export class Walkers {
  list =
    /** @type {{start: number[], born: number, trail: number[][], samples: number[][], turn: number, noisy: ?number[]}[]} */ ([])
  wandering = false
  calm = false // nothing travels: whole trails at once
  network = /** @type {?Network} */ (null)

  constructor(seed = 0) {
    this.rng = new Draws(seed, STREAMS.walk)
  }

  /** @param {number[]} start */
  add(start, now = performance.now()) {
    this.list.push({ start, born: now, trail: [start], samples: [], turn: 0, noisy: null })
    if (this.list.length > MOST) this.list.shift()
    return this.list[this.list.length - 1]
  }

  /** A dropped point is dragged elsewhere. */
  move(walker, start) {
    Object.assign(walker, { start, trail: [start], samples: [], turn: 0, noisy: null, born: performance.now() - 1e6 })
  }

  again(now = performance.now()) {
    for (const walker of this.list) {
      Object.assign(walker, { born: now, trail: [walker.start], samples: [], turn: 0, noisy: null })
    }
  }

  learn(sizes, weights) {
    this.network = new Network(sizes, weights)
  }

  /** r(x) of one point. */
  denoise(point) {
    const { network } = this
    if (!network) return point
    return [...network.forward(Float64Array.from(point), 1).subarray(0, point.length)]
  }

  /** Whether a frame would show something new although nothing is learned. */
  moves(now) {
    return this.list.some(({ born }) => this.wandering || now - born < PACE * (LONGEST + 1))
  }

  advance(now, sigma) {
    for (const walker of this.list) this.wandering ? this.wander(walker, now, sigma) : this.settle(walker, now)
  }

  settle(walker, now) {
    const age = this.calm ? LONGEST : Math.min((now - walker.born) / PACE, LONGEST)
    const trail = [walker.start]
    for (let step = 0; step < age; step++) {
      const [from, to] = [trail[step], this.denoise(trail[step])]
      const part = Math.min(age - step, 1) // the last step is under way
      trail.push(part < 1 ? from.map((value, d) => value + part * (to[d] - value)) : to)
    }
    walker.trail = trail
  }

  wander(walker, now, sigma) {
    const due = Math.min(Math.floor((now - walker.born) / WANDER), walker.turn + 4) // not all that a hidden page missed
    for (; walker.turn < due; walker.turn++) {
      const here = walker.trail[walker.trail.length - 1]
      walker.noisy = here.map((value) => value + sigma * this.rng.normal())
      walker.trail = [...walker.trail.slice(-11), this.denoise(walker.noisy)]
      walker.samples.push(walker.trail[walker.trail.length - 1])
      if (walker.samples.length > REMEMBERED) walker.samples.shift()
    }
    if (walker.turn === due && (now - walker.born) / WANDER > due + 4) walker.born = now - due * WANDER
  }
}
