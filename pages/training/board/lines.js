// The five lines of a step, lit one after the other, with the numbers of this very step.

import { Learner } from "../trainer/learner.js"

const PAUSE = 650 // ms from line to line
const round = (value, digits = 3) =>
  Number(value)
    .toPrecision(digits)
    .replace("-", "\u2212")
    .replace(/e([+-]\d+)/, "e$1")

/** The source of the method that runs: the lines that call something of the learner. */
const sources = () =>
  Learner.prototype.step
    .toString()
    .split("\n")
    .filter((line) => /this\.\w+\(/.test(line))
    .map((line) => line.trim())

/** What each line has done. */
const words = [
  ({ rows, code, ink }) =>
    `${rows} digits through the network: the first one's code is (${code.map((value) => round(value)).join(", ")}), mean ink ${round(ink)}`,
  ({ loss, reconstruction, kl }) =>
    kl
      ? `${round(loss, 4)}, of which reconstruction ${round(reconstruction, 4)} and KL ${round(kl)}`
      : `${round(loss, 4)} a digit`,
  ({ before, after }) => `the last step's gradient, of length ${round(before)}, is now ${round(after)}`,
  ({ norm, rule }) =>
    rule === "recirculation"
      ? `one more round: what each weight's two ends say changes by ${round(norm)} in all`
      : `the loss's slope by every weight, of length ${round(norm)}`,
  ({ moved, lr, rule }) =>
    `${rule ? "a plain step down" : "Adam"} moved the weights, by ${round(moved)} at most (rate ${lr})`,
]

export class Lines {
  /** @param {HTMLElement} root  the list */
  constructor(root) {
    this.root = root
  }

  hide() {
    clearTimeout(this.timer)
    this.root.hidden = true
  }

  /** @param {any[]} numbers  of each line  @param {boolean} calm */
  show(numbers, calm) {
    clearTimeout(this.timer)
    this.root.hidden = false
    this.light(numbers, calm ? numbers.length - 1 : 0)
  }

  light(numbers, now) {
    this.root.innerHTML = sources()
      .map(
        (code, i) =>
          `<li class="${i === now ? "lit" : ""}"><code>${code}</code><span>${i <= now ? words[i](numbers[i]) : ""}</span></li>`,
      )
      .join("")
    if (now < numbers.length - 1) this.timer = setTimeout(() => this.light(numbers, now + 1), PAUSE)
  }
}
