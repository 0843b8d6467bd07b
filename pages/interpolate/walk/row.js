// One row of a walk (walk.js): its large picture, its steps, and what lies between the steps.

import { html, nothing } from "../../../ui/vendor/lit-html.js"
import { ran } from "../../../ui/live/ran.js"
import { PATHS } from "./paths.js"
import { digitsFrom, paintDigit } from "../../../ui/output/tiles.js"

const LATE = 150 // ms

/** One way from A to B: its picture now, and its steps. */
export class WalkRow {
  network = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  problem = "" // why the network cannot be had
  pictures = /** @type {Float32Array[]} */ ([])
  codes = /** @type {Float32Array[]} */ ([])

  canvas = /** @type {any} */ (null) // of the large picture
  tiles = /** @type {HTMLCanvasElement[]} */ ([]) // of the steps
  reads = /** @type {?{digit: number, sure: string}} */ (null) // what the judge makes of the large picture
  note = ""
  t = -1 // where it is shown
  readsAt = -1 // where the judge read it
  readsTime = 0 // ms, when

  constructor(data) {
    this.data = data
  }

  figure() {
    const { label } = this.data
    const { reads } = this
    const about = reads ? `${label} now: the judge reads ${reads.digit}, ${reads.sure} sure` : label
    return html`<figure class="way">
      <canvas width="28" height="28" role="img" aria-label=${about}></canvas>
      <figcaption>
        <span class="name">${this.swatch()}<b>${label}</b></span>
        <span class="reads">${reads ? (this.late() ? "…" : html`reads <b>${reads.digit}</b>, ${reads.sure}`) : nothing}</span>
        <span class="note">${this.note}</span>
      </figcaption>
    </figure>`
  }

  strip(steps) {
    const { about, label, side } = this.data
    return html`<div class="row" role="img" aria-label=${`${about}: ${steps} pictures`} title=${about}>
      <span class="name">${this.swatch()}<b>${side || label}</b></span>
      <div class="tiles">${Array.from({ length: steps }, () => html`<canvas width="28" height="28"></canvas>`)}</div>
    </div>`
  }

  /** Its kind's colour; a ring for the second model of a kind. */
  swatch() {
    const { color, open } = this.data
    return html`<i class=${open ? "open" : ""} style=${`--color: ${color}`}></i>`
  }

  /** Whether what the judge read is of a picture that has long been another one. */
  late() {
    return this.readsAt !== this.t && performance.now() - this.readsTime > LATE
  }

  receive(data) {
    this.data = data
    this.pictures = digitsFrom(data.pictures)
    this.tiles.forEach((tile, i) => paintDigit(tile, this.pictures[i]))
    this.codes = (data.codes ?? []).map((code) => Float32Array.from(code))
  }

  /** The picture at t: exact where the network is here, else the nearest step. */
  at(t, ends, path) {
    const { mode } = this.data
    if (mode === "fade") return PATHS.linear(...ends, t)
    if (!this.network) return this.pictures[Math.round(t * (this.pictures.length - 1))]
    if (mode === "through") return this.network.forward(PATHS.linear(...ends, t))
    if (mode === "path") {
      const z = path(...this.codes, t)
      const x = this.network.decode(z)
      ran(this.network, "decode", z)
      return x
    }
    const last = this.codes.length - 1
    const knot = Math.min(Math.floor(t * last), last - 1)
    return this.network.decode(PATHS.linear(this.codes[knot], this.codes[knot + 1], t * last - knot))
  }

  show(t, ends, path) {
    this.t = t
    this.x = this.at(t, ends, path)
    paintDigit(this.canvas, this.x)
    const notes = this.data.notes
    this.note = notes ? notes[Math.round(t * (notes.length - 1))] : ""
  }

  encode(side, x) {
    if (this.data.mode === "path" && this.network) this.codes[side] = this.network.encode(x)
  }

  rebuild(place, ends, path) {
    paintDigit(this.tiles[place], this.at(place / (this.tiles.length - 1), ends, path))
  }

  read(judge) {
    const probabilities = judge.classify(this.x)
    const digit = probabilities.indexOf(Math.max(...probabilities))
    this.reads = { digit, sure: `${Math.round(100 * probabilities[digit])}%` }
    this.judged = true
    this.readsAt = this.t
    this.readsTime = performance.now()
  }
}
