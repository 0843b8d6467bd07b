// A hundred labels by the visitor: ten own drawings and ninety test digits. After each the browser trains two classifiers
// anew, one on codes of a network that never saw a label and one on pixels, and tries both on digits nobody labelled.

import { html, nothing, render, svg } from "../../../ui/vendor/lit-html.js"
import { network } from "../../../ui/live/store.js"
import { digitTile } from "../../../ui/output/picture.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"
import { fitSoftmax, inner, normalised, probabilities, shareRight } from "./softmax.js"

const OWN = 10 // digits that the visitor draws
const STEPS = 200
const CHUNK = 24 // digits encoded in a frame
const PACE = 3 // labels a frame when we label the rest
const WRONG = 20
const EDGE = { left: 42, right: 12, top: 8, bottom: 24 } // px around the plot

// what the visitor gave outlives a page switch: own drawings with their labels, and labels of the others by place
const memory = { own: /** @type {{x: Float32Array, y: number}[]} */ ([]), labels: /** @type {?number[]} */ (null) }

/** @param {Component} component */
export default function (component) {
  return mount(component, ".labelling", Labelling)
}

/** Bytes that zlib has packed, as base64. */
async function unzipped(base64) {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

export class Labelling extends PadBoard {
  pool = /** @type {Float32Array[]} */ ([]) // pictures: those to label, then those to test on
  spaces = /** @type {any} */ (null) // by name: codes of the pool, and how another digit gets one
  kernels = /** @type {any} */ ({}) // by name: of each item to label, inner products with all items and test digits
  trail = /** @type {{labels: number, code: number, pixels: number}[]} */ ([])
  past = /** @type {any[]} */ ([])
  chosen = -1 // an item that was clicked to be labelled anew
  inHand = /** @type {?Float32Array} */ (null) // a drawing that has no label yet
  dirty = true
  turn = 0 // grows with all that the visitor does: what still goes on from before then ends

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.followPad()
    const type = (event) => this.typed(event)
    document.addEventListener("keydown", type)
    this.ends.push(() => document.removeEventListener("keydown", type))
    for (const button of this.root.querySelectorAll("[data-do]")) button.onclick = () => this.work(button.dataset.do)
    this.find(".sheet").onkeydown = (event) => this.step(event)
    this.followSize(this.find(".result svg"))
  }

  update(data) {
    const before = this.data
    this.data = data
    memory.labels ??= Array(data.count).fill(-1)
    if (before?.network !== data.network) {
      this.load(data).catch((error) => {
        if (data.network !== this.data.network) return // another is on its way
        this.say(`The training cannot run in this browser now (${error.message}). Reload the page to try again.`)
      })
    }
    this.later()
  }

  // ---- digits and codes

  async load({ digits, network: sha256 }) {
    this.spaces = null
    this.trail = [] // what other codes were worth
    for (const one of this.past) one.trail = []
    delete this.root.dataset.ready
    const bytes = await unzipped(digits)
    const x = Float32Array.from(bytes, (byte) => byte / 255)
    this.pool = Array.from({ length: x.length / 784 }, (_, i) => x.subarray(784 * i, 784 * (i + 1)))
    this.later()
    this.say("The network is on its way…")
    const model = await network(sha256)
    const encode = (picture) => (model.features ?? model.encode)(picture)
    const codes = /** @type {Float32Array[]} */ ([])
    while (codes.length < this.pool.length) {
      codes.push(...this.pool.slice(codes.length, codes.length + CHUNK).map(encode))
      this.say(`Encoding ${codes.length} of ${this.pool.length} digits…`)
      await new Promise(requestAnimationFrame)
      if (sha256 !== this.data.network) return // another is on its way
    }
    this.say("")
    this.spaces = {
      code: { of: encode, raw: codes, own: [] },
      pixels: { of: (picture) => picture, raw: this.pool, own: [] },
    }
    for (const { x } of memory.own) this.extend(x)
    this.measureAll()
    this.root.dataset.ready = "1"
    this.later()
  }

  /** A drawing joins the codes that stand for all. */
  extend(x) {
    for (const space of Object.values(this.spaces)) space.own.push(space.of(x))
  }

  /** Inner products of all codes with those that may have labels: own drawings first. */
  measureAll() {
    for (const [name, { raw, own }] of Object.entries(this.spaces)) {
      const codes = normalised([...own, ...raw])
      const items = codes.slice(0, own.length + this.data.count)
      this.kernels[name] = codes.map((a) => items.map((b) => inner(a, b)))
    }
    this.dirty = true
  }

  /** Trains on what has a label, on codes and on pixels, and tries both. */
  train() {
    this.dirty = false
    const labels = [...memory.own.map(({ y }) => y), ...this.labels()]
    const places = labels.flatMap((label, place) => (label < 0 ? [] : [place]))
    if (!places.length) {
      this.trail = []
      return
    }
    const y = places.map((place) => labels[place])
    const right = ([name, decay]) => {
      const kernel = this.kernels[name]
      const columns = (row) => places.map((place) => row[place])
      const a = fitSoftmax(
        places.map((place) => columns(kernel[place])),
        y,
        decay,
        STEPS,
      )
      const test = kernel.slice(memory.own.length + this.data.count).map(columns)
      return shareRight(probabilities(test, a), this.data.y.slice(this.data.count))
    }
    const [code, pixels] = Object.entries(this.data.decay).map(right)
    this.trail.push({ labels: places.length, code, pixels })
  }

  // ---- what the visitor does

  labels() {
    return /** @type {number[]} */ (memory.labels)
  }

  /** What is to be named now: a drawing, an item that was clicked, or the next without a label; null for nothing. */
  current() {
    if (this.inHand && memory.own.length < OWN) return { x: this.inHand, place: null }
    const place = this.chosen >= 0 ? this.chosen : this.labels().indexOf(-1)
    return place < 0 ? null : { x: this.pool[place], place }
  }

  drawn(detail) {
    this.inHand = this.inked(detail)
    this.later()
  }

  typed(event) {
    if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return
    const hand = (element) => element === this.root || element.classList?.contains("pad")
    if (event.composedPath().some(hand)) this.name(Number(event.key))
  }

  name(label) {
    const now = this.current()
    if (!now || !this.spaces) return
    this.remember()
    if (now.place === null) {
      memory.own.push({ x: now.x, y: label })
      this.inHand = null
      this.extend(now.x)
      this.measureAll()
      document.dispatchEvent(new CustomEvent("pad:clear", { detail: { key: this.data.pad } }))
    } else {
      this.labels()[now.place] = label
      this.chosen = -1
    }
    this.changed()
  }

  remember() {
    this.turn++
    this.past.push({ own: [...memory.own], labels: [...this.labels()], trail: [...this.trail] })
  }

  changed() {
    this.dirty = true
    this.later()
  }

  work(what) {
    if (!this.spaces) return
    if (what === "undo") return this.back(this.past.pop())
    this.remember()
    if (what === "over") {
      this.back({ own: [], labels: Array(this.data.count).fill(-1), trail: [] })
    } else if (what === "rest") {
      this.rest(matchMedia("(prefers-reduced-motion: reduce)").matches ? this.data.count : PACE)
    } else {
      this.getWrong()
    }
  }

  back(before) {
    if (!before) return
    this.turn++
    memory.own = before.own
    memory.labels = before.labels
    for (const space of Object.values(this.spaces)) space.own = memory.own.map(({ x }) => space.of(x))
    this.measureAll()
    this.changed()
    this.trail = before.trail.slice(0, -1) // the training that follows puts the last one back
  }

  /** Right labels for all that have none, a few a frame, until the visitor does something else. */
  rest(pace, turn = this.turn) {
    if (turn !== this.turn || !this.root.isConnected) return
    const labels = this.labels()
    const open = labels.flatMap((label, place) => (label < 0 ? [place] : []))
    for (const place of open.slice(0, pace)) labels[place] = this.data.y[place]
    this.changed()
    if (open.length > pace) requestAnimationFrame(() => this.rest(pace, turn))
  }

  /** Some labels become wrong, of those that are right. */
  getWrong() {
    const labels = this.labels()
    const right = labels.flatMap((label, place) => (label === this.data.y[place] ? [place] : []))
    for (let i = 0; i < WRONG && right.length; i++) {
      const [place] = right.splice(Math.floor(Math.random() * right.length), 1)
      labels[place] = (labels[place] + 1 + Math.floor(9 * Math.random())) % 10
    }
    this.changed()
  }

  // ---- what is seen

  show() {
    if (!this.pool.length) return
    if (this.dirty && this.spaces) this.train()
    this.showQuestion()
    this.showSheet()
    this.showResult()
    this.root.dataset.labels = String(this.trail.at(-1)?.labels ?? 0)
  }

  showQuestion() {
    const now = this.current()
    const canvas = this.find(".ask canvas")
    digitTile(canvas, now?.x ?? new Float32Array(784))
    const drawn = now?.place === null
    const question = drawn ? "What did you draw?" : now ? "What is this?" : "All have labels. Click one to change it."
    this.find(".question").textContent = question
    const key = (
      digit,
    ) => html`<button type="button" ?disabled=${!now || !this.spaces} @click=${() => this.name(digit)}>
      ${digit}
    </button>`
    render(html`${Array.from({ length: 10 }, (_, digit) => key(digit))}`, this.find(".keys"))
    const given = memory.own.length + this.labels().filter((label) => label >= 0).length
    const able = { rest: this.labels().includes(-1), wrong: given >= WRONG, undo: this.past.length, over: given }
    for (const [what, can] of Object.entries(able)) this.find(`[data-do=${what}]`).disabled = !(can && this.spaces)
  }

  showSheet() {
    const labels = this.labels()
    const next = this.current()?.place ?? -1
    const own = Array.from({ length: OWN }, (_, i) => {
      const one = memory.own[i]
      return html`<figure class=${one ? "" : "empty"}>
        <canvas role="img" aria-label=${one ? `Your drawing, labelled ${one.y}` : "A place for a drawing of yours"}></canvas>
        ${one ? html`<b>${one.y}</b>` : nothing}
      </figure>`
    })
    const others = labels.map((label, place) => {
      const kind = label < 0 ? "todo" : label === this.data.y[place] ? "" : "wrong"
      return html`<figure class=${place === next ? `${kind} next` : kind} @click=${() => this.choose(place)}>
        <canvas role="img" aria-label=${label < 0 ? "A test digit without a label" : `A test digit, labelled ${label}`}></canvas>
        ${label < 0 ? nothing : html`<b>${label}</b>`}
      </figure>`
    })
    const sheet = this.find(".sheet")
    render(html`${own}${others}`, sheet)
    sheet.querySelectorAll("canvas").forEach((canvas, i) => {
      const x = i < OWN ? memory.own[i]?.x : this.pool[i - OWN]
      if (canvas.picture === x) return
      canvas.picture = x
      digitTile(canvas, x ?? new Float32Array(784))
    })
  }

  /** Arrow keys on the sheet. */
  step(event) {
    const across = getComputedStyle(this.find(".sheet")).gridTemplateColumns.split(" ").length
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key]
    if (!step) return
    event.preventDefault()
    const from = this.chosen >= 0 ? this.chosen : Math.max(this.labels().indexOf(-1), 0)
    this.chosen = Math.min(Math.max(from + step, 0), this.data.count - 1)
    this.later()
  }

  choose(place) {
    this.chosen = place
    this.root.focus({ preventScroll: true })
    this.later()
  }

  showResult() {
    const last = this.trail.at(-1)
    const percent = (share) => (share === undefined ? "–" : `${(100 * share).toFixed(1)}%`)
    const { color, title } = this.data
    const line = (share, name, paint) =>
      html`<i style=${`background: ${paint}`}></i><strong>${percent(share)}</strong><span>${name}</span>`
    render(
      html`${line(last?.code, `on the code of ${title}`, color)}
        ${line(last?.pixels, "on pixels", "var(--st-gray-text-color)")}
        <small>of ${this.pool.length - this.data.count} other test digits read right, after ${last?.labels ?? 0} labels</small>`,
      this.find(".score"),
    )
    this.drawTrail(this.find(".result svg"), color)
  }

  drawTrail(plot, color) {
    const [width, height] = [plot.clientWidth, plot.clientHeight]
    if (!width) return
    const most = OWN + this.data.count
    const x = (labels) => EDGE.left + (labels / most) * (width - EDGE.left - EDGE.right)
    const y = (share) => EDGE.top + (1 - share) * (height - EDGE.top - EDGE.bottom)
    const path = (name) => this.trail.map((one, i) => `${i ? "L" : "M"}${x(one.labels)} ${y(one[name])}`).join("")
    render(
      svg`${[0, 0.25, 0.5, 0.75, 1].map(
        (share) => svg`<line class="grid" x1=${EDGE.left} x2=${width - EDGE.right} y1=${y(share)} y2=${y(share)}></line>
          <text x=${EDGE.left - 6} y=${y(share) + 4} text-anchor="end">${100 * share}%</text>`,
      )}
      ${[0, 25, 50, 75, 100].map(
        (labels) => svg`<text x=${x(labels)} y=${height - 6} text-anchor="middle">${labels}</text>`,
      )}
      <path class="line" stroke="var(--st-gray-text-color)" d=${path("pixels")}></path>
      <path class="line" stroke=${color} d=${path("code")}></path>`,
      plot,
    )
  }
}
