// A number opened: the sum behind it with the numbers of this very run, and the source that ran, in the same colours.

import { html, nothing, render } from "../../vendor/lit-html.js"
import { contextOf, PAPER } from "../picture.js"
import { sumOf } from "./sum.js"

const SHOWN = 6 // terms, or maps of a convolution, that are written out; the rest is one number
const PIXEL = 14 // px of a kernel's weight
const AFTER = {
  relu: "max(0, \u00b7)",
  tanh: "tanh",
  sigmoid: "\u03c3",
  clamp: "cut off at 0 and 1",
  leaky_relu: "leaky ReLU",
}
const PARTS = /((?:self\.)?\w*(?:weight|dictionary)\b|(?:self\.)?\w*bias\b|\b(?:input|x_noisy|x|t|z|h)\b)/

/** What is opened: a number of a box. @typedef {{box: import("./boxes.js").Box, index: number}} Opened */

export class Panel {
  opened = /** @type {?Opened} */ (null)
  sum = /** @type {?import("./sum.js").Sum} */ (null)
  stale = false // the layers in front have not run for the code that stands here
  lines = /** @type {any[]} */ ([]) // of the source, for each layer, once they have come

  /**
   * @param {HTMLElement} root
   * @param {import("../../live/network.js").Network} model
   * @param {() => Promise<any[]>} source  gives the lines
   * @param {() => void} changed  the row marks what is opened
   */
  constructor(root, model, source, changed) {
    this.root = root
    this.model = model
    this.source = source
    this.changed = changed
    root.onpointerover = (event) => {
      const part = /** @type {HTMLElement} */ (event.target).closest("[data-part]")
      root.dataset.lit = part?.getAttribute("data-part") ?? ""
      this.changed()
    }
    root.onpointerleave = () => {
      root.dataset.lit = ""
      this.changed()
    }
  }

  /** The network's values are those that the row shows. */
  open(opened) {
    this.opened = opened
    if (!this.lines.length) {
      this.source().then((lines) => {
        this.lines = lines
        this.draw()
      })
    }
    this.read(false)
  }

  close() {
    this.opened = null
    this.sum = null
    this.draw()
    this.changed()
  }

  /** The network has run. @param {boolean} stale  but not what makes this number */
  read(stale) {
    if (!this.opened) return
    const { box, index } = this.opened
    this.stale = stale
    this.sum = stale ? null : sumOf(this.model, box.place, index)
    this.draw()
  }

  /** The place of the layer whose values go into the sum, or -1. */
  get from() {
    return this.sum?.source ?? -1
  }

  draw() {
    this.root.hidden = this.opened === null
    if (!this.opened) return render(nothing, this.root)
    render(this.template(this.opened), this.root)
    this.paint()
  }

  template({ box, index }) {
    const { sum } = this
    const name = nameOf(box, index)
    const close = html`<button type="button" class="close" aria-label="Close" @click=${() => this.close()}>\u00d7</button>`
    if (!sum) {
      const why = this.stale ? "Its layers have not run: this code was chosen by hand." : "This layer has no weights."
      return html`<header><b>${name}</b>${close}</header>
        <p>${why}</p>`
    }
    const value = sum.then.at(-1)?.value ?? sum.total
    const conv = this.model.card.network.layers[sum.place].kind === "conv2d"
    const inner = conv
      ? html`${part("b", "b")} + \u2211 ${part("w", "kernel")} \u00d7 ${part("x", "patch")}`
      : html`${part("b", "b")} + \u2211<sub>i</sub> ${part("w", "w")}<sub>i</sub> ${part("x", "x")}<sub>i</sub>`
    return html`<header><span class="formula"><b>${part("sum", name)}</b> = ${inner}${sum.then.map(after)}</span>${close}</header>
      <p class="formula">
        ${part("sum", number(value))} = ${part("b", number(sum.bias))} ${conv ? this.maps(sum) : this.terms(sum)}
        ${sum.then.map(({ kind, value, other }) => step(kind, value, other))}
      </p>
      ${this.code(sum.place)}`
  }

  terms({ terms, bias, total }) {
    const large = [...terms].sort((a, b) => Math.abs(b.x * b.w) - Math.abs(a.x * a.w)).slice(0, SHOWN)
    const rest = total - bias - large.reduce((sum, { x, w }) => sum + x * w, 0)
    const others = terms.length - large.length
    return html`${large.map(
      ({ x, w }) =>
        html`<span class="term">${sign(w)} ${part("w", number(Math.abs(w)))} \u00d7 ${part("x", number(x))}</span> `,
    )}${others > 0 ? html`<span class="term">${sign(rest)} ${number(Math.abs(rest))} of ${others.toLocaleString("en")} smaller ones</span>` : nothing}`
  }

  /** The maps whose patch adds most, as pictures. */
  maps(sum) {
    const { shape } = this.model.card.network.layers[sum.source]
    const area = shape[1] * shape[2]
    const maps = new Map()
    for (const term of sum.terms) {
      const map = Math.floor(term.from / area)
      if (!maps.has(map)) maps.set(map, { map, terms: [], total: 0 })
      const one = maps.get(map)
      one.terms.push(term)
      one.total += term.x * term.w
    }
    this.patches = [...maps.values()].sort((a, b) => Math.abs(b.total) - Math.abs(a.total)).slice(0, SHOWN)
    const rest = sum.total - sum.bias - this.patches.reduce((total, one) => total + one.total, 0)
    const others = maps.size - this.patches.length
    return html`${this.patches.map(
      ({ map, total }) => html`<span class="term"
        >+ <canvas data-part="w"></canvas> \u00d7 <canvas data-part="x"></canvas> = ${number(total)}
        <small>map ${map + 1}</small></span
      > `,
    )}${others > 0 ? html`<span class="term">${sign(rest)} ${number(Math.abs(rest))} of ${others} other maps</span>` : nothing}`
  }

  paint() {
    if (!this.sum) return
    const { layers } = this.model.card.network
    if (layers[this.sum.place].kind !== "conv2d") return
    const [, , width] = layers[this.sum.source].shape
    const canvases = this.root.querySelectorAll("canvas")
    const most = (read) =>
      Math.max(1e-9, ...(this.patches ?? []).flatMap(({ terms }) => terms.map((t) => Math.abs(read(t)))))
    const [mostW, mostX] = [most((t) => t.w), most((t) => t.x)]
    for (const [i, { terms }] of (this.patches ?? []).entries()) {
      paintPatch(canvases[2 * i], terms, width, (t) => t.w / mostW)
      paintPatch(canvases[2 * i + 1], terms, width, (t) => t.x / mostX)
    }
  }

  /** The source that made a layer. */
  code(place) {
    const lines = this.lines[place] ?? []
    return lines.map(
      ({ file, number, text }) =>
        html`<p class="source"><code>${text.split(PARTS).map(colored)}</code> <small>${file}, line ${number}</small></p>`,
    )
  }
}

/** @param {import("./boxes.js").Box} box */
function nameOf({ kind, shape }, index) {
  if (kind === "code" && shape.length === 1) return `z${subscript(index + 1)}`
  if (shape.length === 1) return `unit ${index + 1}`
  const [, high, wide] = shape
  const [map, row, column] = [
    Math.floor(index / (high * wide)),
    Math.floor((index % (high * wide)) / wide),
    index % wide,
  ]
  const place = `row ${row + 1}, column ${column + 1}`
  return kind === "output" ? `pixel in ${place}` : `map ${map + 1}, ${place}`
}

const part = (which, text) => html`<span class="part-of" data-part=${which}>${text}</span>`
const after = ({ kind }) => (kind === "add" ? " + shortcut" : AFTER[kind] ? `, then ${AFTER[kind]}` : "")

function step(kind, value, other) {
  if (kind === "add")
    return html`<span class="term">${sign(other)} ${number(Math.abs(other))} from the shortcut</span> `
  return AFTER[kind] ? html`<span class="term">, ${AFTER[kind]} ${"\u2192"} ${number(value)}</span> ` : nothing
}

function colored(text) {
  if (!PARTS.test(text)) return text
  return part(/weight|dictionary/.test(text) ? "w" : /bias/.test(text) ? "b" : "x", text)
}

/** A patch or a kernel, up to its border: white above zero, blue below. */
function paintPatch(canvas, terms, width, share) {
  if (!canvas) return
  const places = terms.map(({ from }) => [Math.floor(from / width), from % width])
  const [top, left] = [0, 1].map((side) => Math.min(...places.map((place) => place[side])))
  const [down, across] = [0, 1].map((side) => Math.max(...places.map((place) => place[side])) + 1)
  Object.assign(canvas, { width: (across - left) * PIXEL, height: (down - top) * PIXEL })
  const ctx = contextOf(canvas)
  for (const [i, term] of terms.entries()) {
    const value = share(term)
    const ink = value < 0 ? [77, 176, 255] : [255, 255, 255]
    const mixed = PAPER.map((paper, c) => Math.round(paper + Math.abs(value) * (ink[c] - paper)))
    ctx.fillStyle = `rgb(${mixed.join(" ")})`
    ctx.fillRect((places[i][1] - left) * PIXEL, (places[i][0] - top) * PIXEL, PIXEL, PIXEL)
  }
}

export const subscript = (n) =>
  String(n).replace(/\d/g, (digit) => "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"[Number(digit)])
const sign = (value) => (value < 0 ? "\u2212" : "+")
const number = (value) => value.toFixed(2).replace("-", "\u2212")
