// One row of a walk (walk.js): its large picture, its steps, and what lies between the steps.

import { PATHS } from "./paths.js"
import { digitCanvas, digitsFrom, paintDigit } from "../../../ui/output/tiles.js"

/** One way from A to B: its picture now, and its steps. */
export class WalkRow {
  network = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  problem = "" // why the network cannot be had
  pictures = /** @type {Float32Array[]} */ ([])
  codes = /** @type {Float32Array[]} */ ([])

  constructor(data, steps) {
    this.data = data
    this.figure = /** @type {Skeleton} */ (document.createElement("figure"))
    this.figure.innerHTML =
      "<figcaption><span class='name'><i></i><b></b></span><span class='reads'></span>" +
      "<span class='note'></span></figcaption>"
    this.canvas = digitCanvas()
    this.canvas.setAttribute("role", "img")
    this.figure.prepend(this.canvas)
    this.figure.querySelector("b").textContent = data.label
    this.figure.querySelector("i").style.background = data.color
    this.strip = /** @type {Skeleton} */ (document.createElement("div"))
    this.strip.className = "row"
    this.strip.setAttribute("role", "img")
    this.strip.setAttribute("aria-label", `${data.about}: ${steps} pictures`)
    this.strip.innerHTML = "<span class='name'><i></i><b></b></span><div class='tiles'></div>"
    this.strip.querySelector("i").style.background = data.color
    this.tiles = Array.from({ length: steps }, digitCanvas)
    this.strip.querySelector(".tiles").replaceChildren(...this.tiles)
  }

  receive(data) {
    this.data = data
    this.pictures = digitsFrom(data.pictures)
    this.tiles.forEach((tile, i) => paintDigit(tile, this.pictures[i]))
    this.codes = (data.codes ?? []).map((code) => Float32Array.from(code))
    this.strip.querySelector("b").textContent = data.about
  }

  /** The picture at t: exact where the network is here, else the nearest step. */
  at(t, ends, path) {
    const { mode } = this.data
    if (mode === "fade") return PATHS.linear(...ends, t)
    if (!this.network) return this.pictures[Math.round(t * (this.pictures.length - 1))]
    if (mode === "through") return this.network.forward(PATHS.linear(...ends, t))
    if (mode === "path") return this.network.decode(path(...this.codes, t))
    const last = this.codes.length - 1
    const knot = Math.min(Math.floor(t * last), last - 1)
    return this.network.decode(PATHS.linear(this.codes[knot], this.codes[knot + 1], t * last - knot))
  }

  show(t, ends, path) {
    this.x = this.at(t, ends, path)
    paintDigit(this.canvas, this.x)
    const notes = this.data.notes
    if (notes) this.figure.querySelector(".note").textContent = notes[Math.round(t * (notes.length - 1))]
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
    const sure = `${Math.round(100 * probabilities[digit])} %`
    this.figure.querySelector(".reads").innerHTML = `reads <b>${digit}</b>, ${sure}`
    this.canvas.setAttribute("aria-label", `${this.data.label} now: the judge reads ${digit}, ${sure} sure`)
    this.judged = true
  }
}
