// The next twelve traces, as they come: found, found with a poor shape, missed.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { decibels } from "./hear.js"
import { drawTrace } from "./paint.js"

const STRIPS = 12
const PAUSE = 120 // ms of rest before they are made again
export const SEEDS = 1_000_000

export class Gallery {
  strips = /** @type {any[]} */ ([])
  made = "" // what the strips were made of
  timer = 0

  /**
   * @param {Skeleton} root  the stage's
   * @param {(seed: number) => any} make  a trace of that seed, heard and judged
   * @param {(seed: number) => void} choose
   */
  constructor(root, make, choose) {
    this.root = root
    this.make = make
    this.choose = choose
  }

  /** Makes the strips again if they are of something else: one a moment, so that no slider waits. */
  gather(wanted, seed, hidden, look, physics) {
    this.root.querySelector(".gallery").hidden = hidden
    if (hidden) return
    if (this.made === wanted) return this.paint(look, physics)
    this.made = wanted
    clearTimeout(this.timer)
    const strips = /** @type {any[]} */ ([])
    const next = () => {
      if (!this.root.isConnected || this.made !== wanted) return
      strips.push(this.make((seed + 1 + strips.length) % SEEDS))
      if (strips.length < STRIPS) this.timer = setTimeout(next)
      else {
        this.strips = strips
        this.paint(look, physics)
        this.root.dataset.strips = wanted
      }
    }
    this.timer = setTimeout(next, PAUSE)
  }

  paint(look, physics) {
    const { strips, root } = this
    if (!strips.length) return
    const count = (verdict) => strips.filter((strip) => strip.verdict === verdict).length
    const weak = count("weak") ? `, ${count("weak")} of them with a poor shape` : ""
    const found = strips.length - count("wrong")
    root.querySelector(".tally").textContent = `The next ${strips.length} traces, unselected: ${found} found${weak}.`
    const button = ({ seed, verdict, off, gain, shapeless }) => {
      const text =
        verdict === "wrong"
          ? `✗ ${off} off`
          : `${verdict === "weak" ? "≈" : "✓"} ${shapeless ? "found" : decibels(gain)}`
      return html`<button type="button" class=${verdict} data-seed=${seed} aria-label=${`${text}: trace ${seed}, look closer`}
        @click=${() => this.choose(seed)}><canvas></canvas><span>${text}</span></button>`
    }
    render(strips.map(button), root.querySelector(".strips"))
    root.querySelectorAll(".strips canvas").forEach((canvas, i) => {
      drawTrace(/** @type {any} */ (canvas), strips[i].lines, look, { ...physics, plain: true })
    })
  }
}
