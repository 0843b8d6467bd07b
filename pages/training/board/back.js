// Where a run can go back to, once its numbers are no numbers any more: sound states of its learner, some moments apart.

const STATES = 3
const APART = 1000 // ms between two of them, at least

export class Back {
  states = /** @type {{ steps: number, adams: number[], arrays: any[] }[]} */ ([])
  at = -Infinity // when the last one was made, ms

  /** Of another learner: it begins with the state that this one is in. */
  anew(learner) {
    this.states = []
    this.at = -Infinity
    this.keep(learner)
  }

  /** Remembers the state, if it is time for it and all its numbers are finite. */
  keep(learner, now = performance.now()) {
    if (now - this.at < APART) return
    const arrays = arraysOf(learner)
    if (!arrays.every(finite)) return
    this.at = now
    const adams = adamsOf(learner).map(({ steps }) => steps)
    this.states.push({ steps: learner.steps, adams, arrays: arrays.map((array) => array.slice()) })
    if (this.states.length > STATES) this.states.shift()
  }

  /** Steps of the state that comes next; -1 for none. */
  get steps() {
    return this.states.at(-1)?.steps ?? -1
  }

  /** Sets the learner to the last state. It is then forgotten if there is an older one: once more goes further back. */
  restore(learner) {
    const state = this.states.at(-1)
    if (!state) return
    if (this.states.length > 1) this.states.pop()
    learner.steps = state.steps
    adamsOf(learner).forEach((adam, i) => {
      adam.steps = state.adams[i]
    })
    arraysOf(learner).forEach((array, i) => {
      array.set(state.arrays[i])
    })
    this.at = performance.now()
  }
}

const adamsOf = ({ adams, sigmaAdam }) => [...adams, sigmaAdam]

function arraysOf(learner) {
  const { encoder, decoder, logSigma } = learner
  const moments = adamsOf(learner).flatMap(({ mean, square }) => [mean, square])
  return [encoder.weights, decoder.weights, logSigma.weights, ...moments]
}

function finite(array) {
  let sum = 0
  for (let i = 0; i < array.length; i++) sum += array[i]
  return Number.isFinite(sum)
}
