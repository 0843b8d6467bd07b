// The trainings in Web Workers: the page's own thread draws, and never waits for them.
//
// A worker hears { do: "begin", recipe }, { do: "change", recipe }, { do: "play", playing }, { do: "step" }, { do: "look",
// grid, web }, and answers looks alone. Or it hears { do: "seeds", recipe, seeds, steps, run }, and says of each seed what
// was found in the end.

import { serveTrainer } from "../../../ui/live/train/serve.js"
import { modesOf } from "../trainer/data.js"
import { Duel, shownNoise } from "../trainer/duel.js"

const SLICE = 8 // ms of training between two looks into the letter box
const SAMPLES = 400 // samples on the board
const EVERY = 20 // steps between two counts of what is found

/** Makes a worker's global scope serve. */
export function serve(scope) {
  const trainer = new Trainer()
  trainer.tell = (answer) => scope.postMessage(answer)
  serveTrainer(scope, trainer)
}

/** What the samples of shown noise find now. */
function looked(duel, noise) {
  const { modes, good } = modesOf(
    duel.generator.forward(noise, noise.length / 2).subarray(0, noise.length),
    duel.centres,
  )
  return { modes, good }
}

class Trainer {
  duel = /** @type {?Duel} */ (null)
  tell = (/** @type {any} */ _answer) => {}
  playing = false
  begun = 0 // how many trainings there have been
  history = /** @type {any[]} */ ([]) // since the last look
  rate = 0 // steps a second
  noise = shownNoise(SAMPLES)

  get runs() {
    return this.playing && this.duel !== null
  }

  /** Trains with one seed after the other; the last thing each says is what its samples find. */
  seeds({ recipe, seeds, steps, run }) {
    for (const seed of seeds) {
      const duel = new Duel({ ...recipe, seed })
      for (let i = 0; i < steps; i++) duel.step()
      this.tell({ run, seed, ...looked(duel, shownNoise(SAMPLES)) })
    }
  }

  begin({ recipe }) {
    this.duel = new Duel(recipe)
    this.begun++
    this.history = []
    this.record()
  }

  change({ recipe }) {
    if (this.duel) Object.assign(this.duel.recipe, recipe)
  }

  play({ playing }) {
    this.playing = playing
    this.rate = 0
  }

  step() {
    this.advance()
  }

  train() {
    const start = performance.now()
    let [steps, now] = [0, start]
    while (now - start < SLICE) {
      this.advance()
      steps++
      now = performance.now()
    }
    const rate = (1000 * steps) / (now - start)
    this.rate = this.rate ? this.rate + 0.05 * (rate - this.rate) : rate
  }

  advance() {
    const duel = /** @type {Duel} */ (this.duel)
    duel.step()
    if (duel.steps % EVERY === 0) this.record()
  }

  record() {
    const duel = /** @type {Duel} */ (this.duel)
    this.history.push({ step: duel.steps, ...looked(duel, this.noise), ...duel.losses })
  }

  look({ grid, web }) {
    const { duel, noise, begun, rate, history } = this
    if (!duel) return null
    const through = (network, x) => Float32Array.from(network.forward(x, x.length / 2).subarray(0, x.length))
    const samples = through(duel.generator, noise)
    const counts = modesOf(Float64Array.from(samples), duel.centres).counts
    const answer = {
      ...{
        begun,
        rate,
        history,
        samples,
        counts,
        steps: duel.steps,
        centres: duel.centres,
        losses: { ...duel.losses },
      },
      web: through(duel.generator, web),
      scores: Float32Array.from(duel.critic.forward(grid, grid.length / 2).subarray(0, grid.length / 2)),
    }
    this.history = []
    return answer
  }
}
