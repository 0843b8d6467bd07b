// A texture that the visitor scratches or stains, and the heat map of where it is odd. The network of its patches runs
// here: only the patches that a stroke touches are scored again, a few milliseconds a frame.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { share, shared } from "../../../ui/head/view.js"
import { radios } from "../../../ui/input/radios.js"
import { withNetwork } from "../../../ui/live/store.js"
import { bytesFrom, contextOf } from "../../../ui/output/picture.js"
import { mount } from "../../../ui/view.js"
import {
  byNetwork,
  byPca,
  cutPatch,
  heatOf,
  oddest,
  overlapping,
  PATCH,
  patchesAlong,
  rates,
  STRIDE,
  TOP,
} from "./patches.js"
import { drawPart, PENS, seeded, strokesFrom, textOf } from "./strokes.js"

const VIEW = "anomalies_fault" // in a shared link
const BUDGET = 10 // ms of a frame
const ORANGE = [255, 138, 40]
const LIMIT_LINE = "#ffd84d"

/** @param {Component} component */
export default function (component) {
  return mount(component, ".textures", Bench)
}

class Bench {
  data = /** @type {any} */ (null) // the message of pages/anomalies/textures/__init__.py
  side = 0
  clean = new Float32Array(0) // the texture, (side, side) in [0, 1]
  x = new Float32Array(0) // with the fault
  mask = new Uint8Array(0) // 1 where the fault is
  strokes = /** @type {import("./strokes.js").Stroke[]} */ ([])
  drawing = /** @type {?import("./strokes.js").Stroke} */ (null) // the one under the hand
  pen = 0
  seed = 0 // of the next fault that is made for the visitor
  way = ""
  marks = /** @type {Record<string, Float64Array>} */ ({}) // of each way, a number a patch; NaN: not known yet
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  failed = ""
  pca = /** @type {any} */ (null)
  patch = new Float32Array(PATCH * PATCH)
  frame = 0

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.close = share(VIEW, () => this.view())
    const own = this.find(".own canvas")
    own.onpointerdown = (event) => this.press(event)
    own.onpointermove = (event) => this.drag(event)
    own.onpointerup = own.onpointercancel = () => this.lift()
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  /** Way and fault as text. */
  view() {
    return `${this.way}.${textOf(this.strokes)}`
  }

  update(data) {
    const other = data.texture !== this.data?.texture
    const first = !this.data
    this.data = data
    if (!other) return
    this.side = data.side
    this.clean = Float32Array.from(bytesFrom(data.picture), (value) => value / 255)
    const floats = (text) => new Float32Array(bytesFrom(text).buffer)
    this.pca = { mean: floats(data.pca.mean), axes: floats(data.pca.axes), spread: floats(data.pca.spread) }
    const [way, text] = first ? shared(VIEW).split(".") : []
    this.way = data.ways.some(({ key }) => key === way) ? way : data.first
    if (first) this.pen = data.pen
    if (first) this.strokes = (text && strokesFrom(text)) || [seeded(this.pen, this.seed++, this.side)]
    const patches = patchesAlong(this.side) ** 2
    this.marks = Object.fromEntries(data.ways.map(({ key }) => [key, new Float64Array(patches).fill(Number.NaN)]))
    this.redraw()
    this.load(data.network)
    this.later()
  }

  load(sha256) {
    this.model = null
    this.failed = ""
    withNetwork(
      sha256,
      (loaded) => {
        if (sha256 !== this.data.network) return
        this.model = loaded
        this.later()
      },
      (why) => {
        this.failed = `The network could not be fetched: ${why}. PCA marks the place all the same.`
        this.later()
      },
    )
  }

  // ---- the fault

  /** All strokes again, on the clean picture. */
  redraw() {
    this.x = this.clean.slice()
    this.mask = new Uint8Array(this.x.length)
    for (const { pen, points } of this.strokes) points.forEach((_, i) => this.part(pen, points, i))
  }

  part(pen, points, i) {
    const tone = this.data.tones[PENS[pen].tone]
    this.forget(drawPart(this.x, this.mask, this.side, PENS[pen], tone, points[Math.max(0, i - 1)], points[i]))
  }

  /** What was scored of the patches that cover a box holds no longer. */
  forget(box) {
    overlapping(this.side, box, (place) => {
      for (const marks of Object.values(this.marks)) marks[place] = Number.NaN
    })
  }

  add(stroke) {
    this.strokes.push(stroke)
    stroke.points.forEach((_, i) => this.part(stroke.pen, stroke.points, i))
    this.later()
  }

  clear() {
    for (let i = 0; i < this.mask.length; i++) {
      const [row, column] = [Math.floor(i / this.side), i % this.side]
      if (this.mask[i]) this.forget([column, row, column, row])
    }
    this.strokes = []
    this.redraw()
    this.later()
  }

  press(event) {
    if (event.button !== 0 || this.drawing) return
    event.currentTarget.setPointerCapture(event.pointerId)
    this.drawing = { pen: this.pen, points: [this.under(event)] }
    this.add(this.drawing)
  }

  drag(event) {
    if (!this.drawing) return
    const { pen, points } = this.drawing
    for (const moved of event.getCoalescedEvents?.() ?? [event]) {
      const [point, last] = [this.under(moved), points[points.length - 1]]
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) < 3) continue
      points.push(point)
      this.part(pen, points, points.length - 1)
    }
    this.later()
  }

  lift() {
    this.drawing = null
    this.later()
  }

  /** @returns {[number, number]} */
  under(event) {
    const box = this.find(".own canvas").getBoundingClientRect()
    const at = (offset, size) => Math.min(this.side - 1, Math.max(0, Math.floor((offset / size) * this.side)))
    return [at(event.clientX - box.left, box.width), at(event.clientY - box.top, box.height)]
  }

  // ---- scores, and one frame for all that changed

  later() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      if (!this.root.isConnected) return
      const left = this.run()
      this.show(left)
      if (left && (this.model || this.isPca())) this.later()
    })
  }

  isPca() {
    return this.way.startsWith("pca")
  }

  /** Scores patches while the frame has time. @returns {number} how many are left */
  run() {
    const names = this.data.ways.filter(({ pca }) => pca === this.isPca())
    const marks = this.marks[this.way]
    const { model, pca } = this
    const score = this.isPca() ? (x) => byPca(pca, x) : model && ((x) => byNetwork(model, x))
    const end = performance.now() + BUDGET
    let left = 0
    for (let place = 0; place < marks.length; place++) {
      if (!Number.isNaN(marks[place])) continue
      if (!score || performance.now() > end) {
        left += 1
        continue
      }
      const scores = score(cutPatch(this.x, this.side, place, this.patch))
      for (const { key, score } of names) this.marks[key][place] = scores[score]
    }
    return left
  }

  show(left) {
    const heat = heatOf(this.marks[this.way], this.side)
    const way = this.data.ways.find(({ key }) => key === this.way)
    this.paintOwn()
    this.paintHeat(heat, way)
    this.controls()
    this.say(left, heat)
    if (!left) this.root.dataset.whole = String(Number(this.root.dataset.whole ?? 0) + 1)
  }

  paintOwn() {
    const canvas = this.find(".own canvas")
    canvas.setAttribute("aria-label", `${this.data.title}, to be drawn on`)
    contextOf(canvas).putImageData(greys(this.x, this.side), 0, 0)
    this.find(".own figcaption").textContent = "Draw on it"
  }

  /** The picture, orange where it is odd, and the oddest of it outlined. */
  paintHeat(heat, { middle, title }) {
    const limit = oddest(heat)
    const canvas = this.find(".marked canvas")
    const [context, cells] = [contextOf(canvas), this.side / STRIDE]
    context.imageSmoothingEnabled = true
    context.drawImage(sheet(greys(this.x, this.side)), 0, 0, canvas.width, canvas.height)
    const glow = new ImageData(cells, cells)
    heat.forEach((value, i) => {
      const share = Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - middle) / (limit - middle)))
      glow.data.set([...ORANGE, 200 * share * share], 4 * i)
    })
    context.drawImage(sheet(glow), 0, 0, canvas.width, canvas.height)
    const scale = canvas.width / cells
    const odd = (row, column) => row >= 0 && column >= 0 && column < cells && heat[row * cells + column] >= limit
    context.beginPath()
    for (let row = 0; row <= cells; row++) {
      for (let column = 0; column <= cells; column++) {
        const [x, y] = [column * scale, row * scale]
        if (odd(row, column) !== odd(row - 1, column)) line(context, x, y, x + scale, y)
        if (odd(row, column) !== odd(row, column - 1)) line(context, x, y, x, y + scale)
      }
    }
    context.strokeStyle = LIMIT_LINE
    context.lineWidth = 3
    context.stroke()
    canvas.setAttribute("aria-label", `Heat map by ${title}`)
    this.find(".marked figcaption").textContent = `Outlined: the oddest ${100 * TOP}%`
  }

  controls() {
    const pen = ({ name }, i) => html`<button
      type="button" aria-pressed=${i === this.pen} @click=${() => this.choosePen(i)}>${name}</button>`
    render(PENS.map(pen), this.find(".pens"))
    const again = () => this.add(seeded(this.pen, this.seed++, this.side))
    render(
      html`<button type="button" @click=${again}>${PENS[this.pen].again}</button>
        <button type="button" @click=${() => this.clear()}>Start over</button>`,
      this.find(".tools"),
    )
    const { ways } = this.data
    const keys = ways.map(({ key }) => key)
    const inside = (_, i) => html`<span>${ways[i].title}</span><span>${ways[i].measured}</span>`
    render(
      radios(keys, this.way, (way) => this.choose(way), inside),
      this.find(".ways"),
    )
  }

  choosePen(pen) {
    this.pen = pen
    this.later()
  }

  choose(way) {
    this.way = way
    this.later()
  }

  say(left, heat) {
    const verdict = this.find(".verdict")
    if (this.failed && !this.isPca()) return render(html`${this.failed}`, verdict)
    if (left > 60) return render(html`Looking…<small>${left.toLocaleString("en")} patches to go.</small>`, verdict)
    if (left || this.drawing) return // while a hand draws, the last word stands
    const { top, auroc } = rates(heat, this.mask, this.side)
    if (Number.isNaN(top)) {
      return render(html`Undamaged.<small>The oddest ${100 * TOP}% are outlined all the same.</small>`, verdict)
    }
    const pens = new Set(this.strokes.map(({ pen }) => pen))
    const fault = pens.size > 1 ? "damage" : PENS[[...pens][0]].fault
    render(
      html`${sentence(percent(top))} of the ${fault} is outlined.<small
        >By guessing, ${100 * TOP}%. AUROC here ${percent(auroc)}; by guessing, 50%.</small>`,
      verdict,
    )
  }
}

/** @param {Float32Array} x */
function greys(x, side) {
  const image = new ImageData(side, side)
  x.forEach((value, i) => image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i))
  return image
}

/** An image on a canvas of its own, to be drawn at another size. @param {ImageData} image */
function sheet(image) {
  const canvas = new OffscreenCanvas(image.width, image.height)
  canvas.getContext("2d")?.putImageData(image, 0, 0)
  return canvas
}

function line(context, ...[x, y, toX, toY]) {
  context.moveTo(x, y)
  context.lineTo(toX, toY)
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1)

/** A percentage that says no more than it knows. */
function percent(value) {
  if (value > 0 && value < 1) return "under 1%"
  return value > 99 && value < 100 ? "over 99%" : `${Math.round(value)}%`
}
