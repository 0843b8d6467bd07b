// "Run 20 seeds": the same settings from twenty beginnings, in a few workers beside the board's own, and what each found.

const SEEDS = 20
export const STEPS = 1500 // of the generator
const COMPARED = 5 // comparisons that stay on the page

export class Seeds {
  runs = /** @type {any[]} */ ([]) // the last one first

  /**
   * @param {HTMLElement} place
   * @param {() => Worker} hire
   * @param {() => void} [done]
   */
  constructor(place, hire, done) {
    this.place = place
    this.hire = hire
    this.done = done
  }

  get busy() {
    return this.runs.length > 0 && this.runs[0].found.length < SEEDS
  }

  start(recipe, label, all) {
    this.stop()
    if (this.busy) this.runs.shift() // what was not finished says nothing
    this.runs = this.runs.filter((run) => run.label !== label)
    const run = { label, all, found: /** @type {any[]} */ ([]), number: (this.runs[0]?.number ?? 0) + 1 }
    this.runs = [run, ...this.runs].slice(0, COMPARED)
    const count = Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1))
    this.workers = Array.from({ length: count }, (_, i) => {
      const worker = this.hire()
      worker.onmessage = ({ data }) => this.hear(run, data)
      const seeds = Array.from({ length: SEEDS }, (_, seed) => seed).filter((seed) => seed % count === i)
      worker.postMessage({ do: "seeds", recipe, seeds, steps: STEPS, run: run.number })
      return worker
    })
    this.write()
  }

  stop() {
    for (const worker of this.workers ?? []) worker.terminate()
    this.workers = null
  }

  hear(run, answer) {
    if (answer.run !== run.number) return
    run.found.push(answer)
    if (run.found.length === SEEDS) {
      this.stop()
      this.done?.()
    }
    this.write()
  }

  write() {
    this.place.replaceChildren(...this.runs.map(row))
  }
}

/** A run in a line: its settings, a bar a seed, and how many found everything. */
function row({ label, all, found }) {
  const line = document.createElement("section")
  const bars = document.createElement("span")
  bars.className = "bars"
  bars.setAttribute("aria-hidden", "true")
  const sorted = [...found].sort((a, b) => b.modes - a.modes || b.good - a.good)
  for (let i = 0; i < SEEDS; i++) {
    const bar = document.createElement("i")
    bar.style.height = `${sorted[i] ? Math.max(6, (100 * sorted[i].modes) / all) : 6}%`
    if (sorted[i]) bar.className = sorted[i].modes === all ? "whole" : "part"
    if (sorted[i]) bar.title = `Seed ${sorted[i].seed}: ${sorted[i].modes} of ${all}`
    bars.append(bar)
  }
  const name = document.createElement("b")
  name.textContent = label
  const text = document.createElement("span")
  text.className = "said"
  text.textContent = said(sorted, all)
  line.append(name, bars, text)
  return line
}

/** What twenty seeds found, in words. */
export function said(sorted, all) {
  if (sorted.length < SEEDS) return `${sorted.length} of ${SEEDS} seeds done`
  const whole = sorted.filter(({ modes }) => modes === all).length
  const collapsed = sorted.filter(({ modes }) => modes <= all / 4).length
  const middle = (sorted[SEEDS / 2 - 1].modes + sorted[SEEDS / 2].modes) / 2
  const few = collapsed ? `; ${collapsed} collapsed to ${Math.floor(all / 4)} or fewer` : ""
  return `all ${all} in ${whole} of ${SEEDS} seeds, median ${middle}${few}`
}
