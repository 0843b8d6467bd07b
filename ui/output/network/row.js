// One network as a row: what goes in, the layers of the encoder, the code as bars, the layers of the decoder, what comes
// out. Pointing at a bar shows what that number paints; pulling it makes the output follow; leaving puts it back.

import { html, nothing, render } from "../../vendor/lit-html.js"
import { paintPicture } from "../picture.js"
import { barAt, grid, paintBars, pulled, reachOf } from "./bars.js"
import { count, planOf } from "./boxes.js"
import { paintSheet } from "./sheet.js"

const START = 1 // what the bars reach at least
const PRIOR = 3 // of variational families, whose codes are trained to fill N(0, I)
const STEP = 0.05 // of the reach, by an arrow key
const FAINT = 0.1 // what a number paints less than this is shown as faint as it is
const STILL = 4 // px that a finger may move and yet only tap

/**
 * What a row is made of, as ui/output/network/__init__.py `_message` writes it.
 * @typedef {{sha256: string, title: string, label: string, color: string, masked: boolean}} Message
 */

export class Row {
  plan = /** @type {import("./boxes.js").Plan} */ (/** @type {any} */ (null))
  y = /** @type {number|undefined} */ (undefined)
  given = new Map() // box -> its value as the network was last run
  shown = new Map() // box -> its value on the screen, after what a hand has done to the code
  z = /** @type {?Float32Array} */ (null) // the code as the encoder gave it
  moved = /** @type {?Float32Array} */ (null) // the code after what a hand has done to it
  sigma = /** @type {?Float32Array} */ (null)
  reach = START
  at = -1 // the number that is pointed at
  last = -1 // the one before
  pulling = false
  change = /** @type {?Float32Array} */ (null) // the output without the number that is pointed at
  unknown = false // the encoder's part is of an earlier picture: only a code came

  /**
   * @param {HTMLElement} root
   * @param {Message} message
   * @param {import("../../live/network.js").Network} model
   * @param {boolean} compact  only picture, code and picture
   */
  constructor(root, message, model, compact) {
    this.root = root
    this.message = message
    this.model = model
    this.compact = compact
    this.plan = planOf(model.card.network, message.masked)
    this.bars = this.plan.code !== null && this.plan.code.shape.length === 1
    if (this.plan.logvar >= 0) this.reach = PRIOR
    this.outside = (event) => {
      if (!event.composedPath().includes(this.root)) this.leave()
    }
    document.addEventListener("pointerdown", this.outside)
    this.sizes = new ResizeObserver(() => this.later())
    this.layout()
    this.sizes.observe(root)
  }

  close() {
    document.removeEventListener("pointerdown", this.outside)
    this.sizes.disconnect()
    cancelAnimationFrame(this.frame ?? 0)
  }

  // ---- running, and reading what others ran

  /** Runs the network. @param {Float32Array} x @param {number} [y] @param {Float32Array} [mask] */
  run(x, y, mask) {
    const { model } = this
    if (this.message.masked && model.forward_masked) {
      model.forward_masked(x, mask)
      this.read("forward_masked", [x, mask])
    } else if (model.posterior) {
      model.decode(model.posterior(x, y).mu, y)
      this.read("posterior", [x, y])
    } else {
      model.forward(x, y)
      this.read("forward", [x, y])
    }
  }

  /** The network has just run, here or elsewhere: its values are those of this run. */
  read(method, given) {
    const { plan, model } = this
    this.unknown = method === "decode"
    if (method !== "forward_masked") this.y = given[1]
    const behind = plan.code === null ? 0 : plan.boxes.indexOf(plan.code)
    for (const box of this.unknown ? plan.boxes.slice(behind) : plan.boxes) {
      this.given.set(box, model.value(box.place))
    }
    this.z = this.bars && plan.code ? this.given.get(plan.code) : null
    this.sigma = this.unknown || !this.bars ? null : this.spread(method, given)
    if (this.z) this.reach = reachOf(this.z, this.sigma, this.reach)
    this.moved = null
    this.pulling = false
    this.shown = new Map(this.given)
    this.point(this.at)
  }

  spread(method, [x, y]) {
    if (this.plan.logvar < 0 || !this.model.posterior) return null
    const { logvar } =
      method === "posterior" ? { logvar: this.model.value(this.plan.logvar) } : this.model.posterior(x, y)
    return logvar.map((value) => Math.exp(value / 2))
  }

  // ---- the hand on the code

  /** Points at a number: what it paints is the output with it, less the output without it. */
  point(i) {
    const z = this.moved ?? this.z
    if (i !== this.at) this.pulling = false
    this.at = z && i < z.length ? i : -1
    if (this.at >= 0) this.last = this.at
    this.change = null
    if (z && this.at >= 0 && !this.pulling) {
      const without = z.slice()
      without[this.at] = 0
      this.change = this.model.decode(without, this.y)
    }
    this.later()
  }

  /** Gives a number another value: the decoder follows. */
  pull(i, value) {
    if (!this.z) return
    this.moved ??= this.z.slice()
    this.moved[i] = Math.min(Math.max(value, this.plan.positive ? 0 : -this.reach), this.reach)
    this.pulling = true
    this.at = this.last = i
    this.change = null
    this.model.decode(this.moved, this.y)
    const behind = this.plan.boxes.slice(this.plan.boxes.indexOf(/** @type {any} */ (this.plan.code)) + 1)
    for (const box of behind) this.shown.set(box, this.model.value(box.place))
    this.shown.set(this.plan.code, this.moved)
    this.later()
  }

  /** The hand has gone: all is as the network gave it. */
  leave() {
    if (this.at < 0 && !this.moved) return
    this.moved = null
    this.pulling = false
    this.at = -1
    this.change = null
    this.shown = new Map(this.given)
    this.later()
  }

  hands() {
    const code = /** @type {HTMLElement} */ (this.root.querySelector(".code"))
    const canvas = /** @type {HTMLCanvasElement} */ (code.querySelector("canvas"))
    const n = count(this.plan.code?.shape ?? [])
    let down = /** @type {?{i: number, y: number, far: boolean}} */ (null)
    const place = (event) => {
      const box = canvas.getBoundingClientRect()
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
    }
    code.onpointerdown = (event) => {
      const i = barAt(n, ...place(event))
      if (i < 0) return
      down = { i, y: event.clientY, far: false }
      code.setPointerCapture(event.pointerId)
      this.point(i)
    }
    code.onpointermove = (event) => {
      if (!down) {
        if (event.pointerType !== "touch") this.point(barAt(n, ...place(event)))
        return
      }
      down.far ||= Math.abs(event.clientY - down.y) > STILL
      if (down.far) this.pull(down.i, pulled(down.i, n, place(event)[1], this))
    }
    code.onpointerup = code.onpointercancel = () => {
      down = null
    }
    code.onpointerleave = (event) => {
      if (!down && event.pointerType !== "touch") this.leave()
    }
    code.onfocus = () => {
      if (code.matches(":focus-visible") && this.at < 0) this.point(this.first())
    }
    code.onblur = () => this.leave()
    code.onkeydown = (event) => this.key(event, n)
  }

  /** The number that was pointed at before, or the one that stands out most. */
  first() {
    if (this.last >= 0) return this.last
    const z = this.z ?? new Float32Array(1)
    return z.reduce((best, value, i) => (Math.abs(value) > Math.abs(z[best]) ? i : best), 0)
  }

  get positive() {
    return this.plan.positive
  }

  key(event, n) {
    const { columns } = grid(n)
    const sideways = { ArrowLeft: -1, ArrowRight: 1, PageUp: -columns, PageDown: columns, Home: -n, End: n }[event.key]
    const upward = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (event.key === "Escape") this.leave()
    else if (sideways) this.point(Math.min(Math.max(this.first() + sideways, 0), n - 1))
    else if (upward && this.z) {
      const i = this.at < 0 ? this.first() : this.at
      this.pull(i, (this.moved ?? this.z)[i] + upward * (event.shiftKey ? 5 : 1) * STEP * this.reach)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  // ---- drawing

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.draw()
    })
  }

  layout() {
    const { boxes, code } = this.plan
    const pictured = (box) => box === code || box.kind === "input" || box.kind === "output"
    const shown = boxes.filter((box) => box.kind !== "label" && (!this.compact || pictured(box)))
    const half = code ? shown.indexOf(code) : shown.length
    const parts = [shown.slice(0, half), shown.slice(half, half + 1), shown.slice(half + 1)]
    const funnel = (name) => (this.compact && code ? html`<div class="funnel" data-way=${name}>${name}</div>` : nothing)
    const [encoder, middle, decoder] = parts.map((part) => part.map((box) => this.figure(box)))
    render(
      html`<div class="part">${encoder}</div>
        ${funnel("Encoder")}
        <div class="part middle">${middle}</div>
        ${funnel("Decoder")}
        <div class="part">${decoder}</div>`,
      this.root,
    )
    if (this.bars) this.hands()
    this.canvases = [...this.root.querySelectorAll("canvas")]
  }

  /** @param {import("./boxes.js").Box} box */
  figure(box) {
    const { plan, message } = this
    const place = plan.boxes.indexOf(box)
    if (box.kind === "code" && this.bars) {
      const n = box.shape[0]
      const { rows, columns } = grid(n)
      return html`<figure class="box bars" data-box=${place} style=${`--rows: ${rows}; --columns: ${columns}`}>
        <div class="code" tabindex="0" role="slider" aria-orientation="vertical" aria-label=${`Code of ${message.title}`}>
          <canvas></canvas>
        </div>
        <figcaption><b>${numbers(n)}</b> <span class="value"></span></figcaption>
      </figure>`
    }
    const picture = box.kind === "input" || box.kind === "output"
    return html`<figure class=${`box ${picture ? "picture" : "sheet"}`} data-box=${place}>
      <div class="shape"><canvas role="img" aria-label=${this.about(box)}></canvas></div>
      <figcaption>${this.caption(box)}</figcaption>
    </figure>`
  }

  about(box) {
    if (box.kind === "input") return box === this.plan.boxes[0] ? "What goes in" : "What is missing"
    return box.kind === "output" ? "What comes out" : `Activations, ${box.shape.join(" by ")}`
  }

  caption(box) {
    const { plan } = this
    if (box.kind === "input") return box === plan.boxes[0] ? "In" : "Missing"
    if (box.kind === "output") return html`<span class="out">Out</span>`
    const size = box.shape.length === 3 ? box.shape.join("\u2009\u00d7\u2009") : numbers(box.shape[0])
    if (box.kind === "code") return html`<b>Code</b> ${size}`
    return size
  }

  draw() {
    if (!this.shown.size) return
    const { boxes, code } = this.plan
    for (const canvas of this.canvases ?? []) {
      const box = boxes[Number(/** @type {HTMLElement} */ (canvas.closest("figure")).dataset.box)]
      const values = this.shown.get(box)
      if (!values) continue
      if (box === code && this.bars) this.drawCode(canvas)
      else if (box.kind === "input" || box.kind === "output") {
        const picture = { shape: box.shape, values, low: 0, high: 1 }
        if (box.kind === "output" && this.change) paintPicture(canvas, ...stretched(picture, this.change))
        else paintPicture(canvas, picture)
      } else paintSheet(canvas, box.shape, values)
    }
    const says = /** @type {HTMLElement} */ (this.root.querySelector(".out"))
    says.textContent = this.change ? `${this.name()} paints` : "Out"
    this.root.classList.toggle("unknown", this.unknown)
    this.root.classList.toggle("moved", this.moved !== null)
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn ?? 0) + 1)
  }

  drawCode(canvas) {
    const { at, sigma, reach, positive, moved } = this
    const z = moved ?? /** @type {Float32Array} */ (this.z)
    paintBars(canvas, { z, given: moved ? this.z : null, sigma, reach, positive, at }, this.message.color)
    const slider = canvas.parentElement
    const value = /** @type {HTMLElement} */ (this.root.querySelector(".value"))
    const text = at < 0 ? "" : `${this.name()} = ${signed(z[at])}${sigma ? ` \u00b1 ${sigma[at].toFixed(2)}` : ""}`
    value.textContent = text
    const now = z[Math.max(at, 0)]
    slider.setAttribute("aria-valuemin", String(positive ? 0 : -reach))
    slider.setAttribute("aria-valuemax", String(reach))
    slider.setAttribute("aria-valuenow", String(now))
    slider.setAttribute(
      "aria-valuetext",
      text || `${numbers(z.length)}, left and right to choose, up and down to change`,
    )
  }

  /** The number that is pointed at. */
  name() {
    return `z${String(this.at + 1).replace(/\d/g, (digit) => "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"[Number(digit)])}`
  }
}

/** A picture and the one without a number's part, their difference as strong as it can be shown. */
function stretched(picture, without) {
  let most = FAINT
  for (let i = 0; i < without.length; i++) most = Math.max(most, Math.abs(picture.values[i] - without[i]))
  const part = picture.values.map((value, i) => (value - without[i]) / most)
  return /** @type {const} */ ([
    { ...picture, values: part },
    { ...picture, values: new Float32Array(part.length) },
  ])
}

const numbers = (n) => `${n.toLocaleString("en")} ${n === 1 ? "number" : "numbers"}`
const signed = (value) => value.toFixed(2).replace("-", "\u2212")
