// A picture cut into patches: click, drag or keys hide them, and the network guesses what is there, at once and in the
// browser. The server is only told what is hidden once the hand rests.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { share, shared } from "../../../ui/head/view.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { arrowKey, oneStop } from "../../../ui/input/arrows.js"
import { radios } from "../../../ui/input/radios.js"
import { bytesFrom, paintPicture } from "../../../ui/output/picture.js"
import { mount } from "../../../ui/view.js"
import { attentionOf, paintLook } from "./look.js"
import { maskOf, psnrOf, ranks, resized } from "./order.js"

const MOST = 0.95 // of the patches that the slider hides
const WAYS = { random: "At random", block: "One block" }

/** @param {Component} component */
export default function (component) {
  return mount(component, ".board", Patches, (board) => {
    board.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Patches extends PadBoard {
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  judge = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  hidden = /** @type {Set<number>} */ (new Set())
  way = "random"
  seed = 0
  chosen = -1 // the patch whose attention is shown; -1 for the first hidden one near the middle
  pinned = -1 // the one that was pressed, or that the keys are at: it stays chosen when the mouse leaves
  hiding = /** @type {?boolean} */ (null) // while a pointer drags: whether it hides or shows
  rest = 0 // the next of the other masks to guess, while there is time
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => this.slide(this.slider.valueAsNumber)
    this.slider.onchange = () => this.tell()
    this.find(".again").onclick = () => this.begin(this.way, (this.seed + 1) % this.data.seeds)
    const cells = this.find(".cells")
    cells.onpointerdown = (event) => this.press(event)
    cells.onpointermove = (event) => this.drag(event)
    cells.onpointerup = cells.onpointercancel = () => this.release()
    cells.onpointerleave = () => this.point(this.pinned)
    cells.onkeydown = (event) => this.key(event)
    this.followPad()
    this.ends.push(() => cancelAnimationFrame(this.frame ?? 0))
  }

  get count() {
    return this.data.grid[0] * this.data.grid[1]
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) {
      this.hidden = new Set(data.hidden)
      Object.assign(this, { way: data.way, seed: data.seed, chosen: -1, pinned: -1 })
    }
    if (this.caughtUp) {
      this.x = Float32Array.from(bytesFrom(data.x), (byte) => byte / 255)
    }
    if (!before) this.link(data.look)
    if (before?.network !== data.network) this.load(data.network, "model")
    if (before?.judge !== data.judge) this.load(data.judge, "judge")
    this.later()
  }

  /** A shared link says which patch is looked at. */
  link(key) {
    const said = shared(key)
    if (/^\d\d?$/.test(said) && Number(said) < this.count) this.pin(Number(said))
    this.ends.push(share(key, () => (this.pinned < 0 ? "" : String(this.pinned))))
  }

  load(sha256, name) {
    if (!sha256) return
    const use = (loaded) => {
      this[name] = loaded
      if (name === "model") this.root.dataset.live = "1"
    }
    this.meet(sha256, use, "Guesses come from the server")
  }

  /** The pad's ink has changed. */
  drawn(detail) {
    const x = this.inked(detail)
    if (!x || !this.model) return
    this.x = x
    this.later()
  }

  // ---- what the hand does

  press(event) {
    const place = this.under(event)
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    this.cells()[place]?.focus({ preventScroll: true })
    this.hiding = !this.hidden.has(place)
    this.put(place, this.hiding)
  }

  drag(event) {
    if (this.hiding === null) return this.point(this.under(event))
    for (const moved of event.getCoalescedEvents?.() ?? [event]) this.put(this.under(moved), this.hiding)
  }

  release() {
    if (this.hiding === null) return
    this.hiding = null
    this.tell()
  }

  under(event) {
    const [rows, columns] = this.data.grid
    const box = this.find(".cells").getBoundingClientRect()
    const at = (offset, size, steps) => Math.min(steps - 1, Math.max(0, Math.floor((offset / size) * steps)))
    return at(event.clientY - box.top, box.height, rows) * columns + at(event.clientX - box.left, box.width, columns)
  }

  key(event) {
    const boxes = this.cells()
    const place = boxes.indexOf(event.target)
    if (place < 0) return
    const to = arrowKey(event, boxes, this.data.grid[1])
    if (to >= 0) return this.pin(to)
    if (event.key === "Escape") return this.pin(-1)
    if (event.key !== " " && event.key !== "Enter") return
    event.preventDefault()
    this.put(place, !this.hidden.has(place))
    this.tell()
  }

  cells() {
    return /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll(".cells button")])
  }

  put(place, hide) {
    this.pin(place)
    if (hide) this.hidden.add(place)
    else this.hidden.delete(place)
    this.later()
  }

  /** The patch under the pointer or the keys' focus: its attention is shown. */
  point(place) {
    if (place === this.chosen) return
    this.chosen = place
    this.later()
  }

  pin(place) {
    this.pinned = place
    this.point(place)
  }

  slide(percent) {
    const count = Math.round((percent / 100) * this.count)
    this.hidden = resized(this.hidden, ranks(this.way, this.seed, this.data.grid), count)
    this.later()
  }

  /** As many patches as now, but others. */
  begin(way, seed) {
    Object.assign(this, { way, seed, chosen: -1, pinned: -1 })
    this.hidden = resized(new Set(), ranks(way, seed, this.data.grid), this.hidden.size)
    this.tell()
  }

  tell() {
    this.send({ hidden: [...this.hidden].sort((a, b) => a - b), way: this.way, seed: this.seed })
    this.later()
  }

  // ---- one frame for all that changed, then one for each of the other masks

  later() {
    this.rest = 0
    this.frame ??= requestAnimationFrame(() => this.next())
  }

  next() {
    this.frame = null
    if (!this.data || !this.root.isConnected) return
    if (this.rest === 0) this.show()
    else this.other(this.rest - 1)
    this.rest++
    if (this.model && this.rest <= this.data.others) this.frame = requestAnimationFrame(() => this.next())
  }

  picture(values) {
    return { shape: this.data.shape, values, low: 0, high: 1 }
  }

  guess(hidden) {
    const mask = maskOf(hidden, this.data.grid, this.data.shape)
    const recon = this.model?.forward_masked?.(this.x, mask) ?? this.known()
    return { mask, recon }
  }

  /** What Python guessed, before the network is here. */
  known() {
    return Float32Array.from(bytesFrom(this.data.recon), (byte) => byte / 255)
  }

  show() {
    const { shape, grid } = this.data
    this.root.classList.toggle("fine", shape[0] === 3)
    this.find(".verdict").textContent = this.data.verdict
    this.controls()
    const { mask, recon } = this.guess(this.hidden)
    this.attention()
    const read = this.reading(recon)
    paintPicture(this.find(".seen canvas"), this.picture(this.x))
    const canvas = this.find(".guess canvas")
    paintPicture(canvas, this.picture(recon))
    const psnr = psnrOf(recon, this.x, mask)
    const seen = this.count - this.hidden.size
    caption(this.find(".seen figcaption"), `${seen} of ${this.count} patches seen`, "Click or drag over patches")
    const off = psnr === null ? "Nothing is hidden" : `Hidden pixels: ${psnr.toFixed(1)} dB`
    caption(this.find(".guess figcaption"), read ? `Read as ${read}` : off, read ? off : "The guess")
    canvas.setAttribute(
      "aria-label",
      `The guess from ${seen} patches. ${off}.${read ? ` The judge reads ${read}.` : ""}`,
    )
    this.strip(seen, grid)
    this.root.dataset.guessed = String(Number(this.root.dataset.guessed ?? 0) + 1)
  }

  /** What the judge reads, as "a 4, 98% sure"; "" without one. */
  reading(x) {
    const p = this.judge?.classify?.(x)
    if (!p) return ""
    const most = p.indexOf(Math.max(...p))
    return `${most === 8 ? "an" : "a"} ${most}, ${Math.round(100 * p[most])}% sure`
  }

  controls() {
    const [rows, columns] = this.data.grid
    const cell = (place) => html`<button type="button" role="gridcell" aria-selected=${this.hidden.has(place)}
      class=${place === this.chosen ? "chosen" : ""} aria-label=${`${named(place, columns)}, ${this.hidden.has(place) ? "hidden" : "seen"}`}
      ></button>`
    const row = (r) => html`<div role="row">${Array.from({ length: columns }, (_, c) => cell(r * columns + c))}</div>`
    const cells = this.find(".cells")
    cells.style.gridTemplate = `repeat(${rows}, 1fr) / repeat(${columns}, 1fr)`
    render(
      Array.from({ length: rows }, (_, r) => row(r)),
      cells,
    )
    oneStop(this.cells())
    const percent = Math.min(Math.round((100 * this.hidden.size) / this.count), 100)
    if (Math.round((this.slider.valueAsNumber / 100) * this.count) !== this.hidden.size) {
      this.slider.value = String(Math.min(percent, 100 * MOST))
    }
    this.slider.setAttribute("aria-valuetext", `${percent}%`)
    this.find("output").textContent = `${percent}%`
    const begin = (way) => this.begin(way, this.seed)
    render(
      radios(this.data.ways, this.way, begin, (way) => WAYS[way]),
      this.find(".ways"),
    )
  }

  // ---- where a patch looks

  /** The patch whose attention is shown: the chosen one, else the hidden one nearest to the middle. */
  looking() {
    if (this.chosen >= 0) return this.chosen
    const [rows, columns] = this.data.grid
    const away = (place) =>
      Math.hypot(Math.floor(place / columns) - (rows - 1) / 2, (place % columns) - (columns - 1) / 2)
    const places = [...this.hidden].sort((a, b) => away(a) - away(b))
    return places[0] ?? Math.floor(this.count / 2)
  }

  attention() {
    const canvas = this.find(".look canvas")
    const place = this.looking()
    const columns = this.data.grid[1]
    const name = named(place, columns)
    const words = this.hidden.has(place) ? "Where a hidden patch looks" : "Where a seen patch looks"
    caption(this.find(".look figcaption"), words, `From ${name.toLowerCase()}, over the whole picture`)
    paintPicture(canvas, this.picture(this.x))
    if (!this.model) return
    const weights = attentionOf(this.model, place, this.hidden.has(place), this.count)
    const most = Math.max(...weights)
    paintLook(canvas, this.x, this.data.shape, weights, most, this.data.grid, place)
    const first = named(weights.indexOf(most), columns)
    canvas.setAttribute("aria-label", `${name} looks most at ${first.toLowerCase()}, ${Math.round(100 * most)}%`)
  }

  // ---- what enters, and other masks

  strip(seen, [, columns]) {
    const part = Math.round((100 * seen) / this.count)
    this.find(".tokens p").textContent = seen
      ? `What enters the encoder: ${seen} ${seen === 1 ? "token" : "tokens"}, ${part}% of all.`
      : "Nothing enters the encoder: the decoder guesses from places alone."
    const strip = this.find(".strip")
    const places = Array.from({ length: this.count }, (_, place) => place).filter((place) => !this.hidden.has(place))
    render(
      places.map(() => html`<canvas aria-hidden="true"></canvas>`),
      strip,
    )
    strip.setAttribute("aria-label", `${seen} visible patches`)
    strip.querySelectorAll("canvas").forEach((canvas, i) => this.paintPatch(canvas, places[i], columns))
  }

  paintPatch(canvas, place, columns) {
    const [channels, height, width] = this.data.shape
    const [tall, wide] = [height / this.data.grid[0], width / columns]
    const [top, left] = [Math.floor(place / columns) * tall, (place % columns) * wide]
    const values = new Float32Array(channels * tall * wide)
    for (let c = 0, i = 0; c < channels; c++) {
      for (let y = 0; y < tall; y++) {
        for (let x = 0; x < wide; x++, i++) values[i] = this.x[(c * height + top + y) * width + left + x]
      }
    }
    paintPicture(canvas, { shape: [channels, tall, wide], values, low: 0, high: 1 })
  }

  /** One of the other masks: as many patches, hidden in the same way. */
  other(i) {
    const seed = (this.seed + 1 + i) % this.data.seeds
    const hidden = resized(new Set(), ranks(this.way, seed, this.data.grid), this.hidden.size)
    const { mask, recon } = this.guess(hidden)
    const masks = this.find(".masks")
    if (masks.children.length !== this.data.others) this.places(masks)
    const [above, below] = masks.children[i].querySelectorAll("canvas")
    paintPicture(above, this.picture(this.x.map((value, j) => (mask[j] ? GREY : value))))
    paintPicture(below, this.picture(recon))
    const read = this.reading(recon)
    const psnr = psnrOf(recon, this.x, mask)
    const text = read || (psnr === null ? "" : `${psnr.toFixed(1)} dB`)
    masks.children[i].querySelector("span").textContent = text
    masks.children[i].setAttribute("aria-label", `Use mask ${i + 1}${text && `: ${text}`}`)
    const seen = this.count - this.hidden.size
    this.find(".others p").textContent =
      `The same picture through other masks of ${seen} ${seen === 1 ? "patch" : "patches"}. Click one to use it.`
  }

  places(masks) {
    const use = (i) => () => this.begin(this.way, (this.seed + 1 + i) % this.data.seeds)
    const tiles = Array.from({ length: this.data.others }, (_, i) => {
      return html`<button type="button" @click=${use(i)}><canvas></canvas><canvas></canvas><span></span></button>`
    })
    render(tiles, masks)
  }
}

const GREY = 0.37 // of a hidden patch on a small tile

/** A figure's caption: what counts, and below it what explains it. */
function caption(element, words, below) {
  render(html`<b>${words}</b><span>${below}</span>`, element)
}

const named = (place, columns) => `Row ${Math.floor(place / columns) + 1}, column ${(place % columns) + 1}`
