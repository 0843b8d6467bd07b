// One network as a row: what goes in, the layers of the encoder, the code as bars, the layers of the decoder, what comes
// out. Pointing at a bar shows what that number paints; pulling it makes the output follow; leaving puts it back.

import { paintPicture } from "../picture.js"
import { drawArcs, drawMarks } from "./arcs.js"
import { drawn, paintBars, reachOf } from "./bars.js"
import { count, planOf } from "./boxes.js"
import { handOn } from "./hand.js"
import { layOut, numbers } from "./layout.js"
import { Panel, subscript } from "./panel.js"
import { paintSheet } from "./sheet.js"

const START = 1 // what the bars reach at least
const PRIOR = 3 // of variational families, whose codes are trained to fill N(0, I)
const FAINT = 0.1 // what a number paints less than this is shown as faint as it is

/**
 * What a row is made of, as ui/output/network/__init__.py `_message` writes it.
 * @typedef {{name: string, sha256: string, title: string, label: string, color: string, masked: boolean}} Message
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
  last = /** @type {?{method: string, given: any[]}} */ (null) // what was run
  at = -1 // the number that is pointed at
  before = -1 // the one before
  pulling = false
  change = /** @type {?Float32Array} */ (null) // the output without the number that is pointed at
  resized = true
  wanted = /** @type {(() => void) | null} */ (null) // opens a number once the network has run
  unknown = false // the encoder's part is of an earlier picture: only a code came

  /**
   * @param {HTMLElement} root
   * @param {Message} message
   * @param {import("../../live/network.js").Network} model
   * @param {boolean} compact  only picture, code and picture
   * @param {() => Promise<any[]>} source  gives the lines of source for each layer
   */
  constructor(root, message, model, compact, source) {
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
    this.sizes = new ResizeObserver(() => {
      this.resized = true
      this.later()
    })
    const panel = document.createElement("section")
    panel.className = "panel"
    panel.hidden = true
    root.closest(".line")?.after(panel)
    this.panel = new Panel(panel, model, source, () => this.later())
    layOut(this)
    if (this.bars) handOn(this)
    this.canvases = [...root.querySelectorAll("canvas")]
    this.sizes.observe(root)
  }

  close() {
    document.removeEventListener("pointerdown", this.outside)
    this.sizes.disconnect()
    this.panel.root.remove()
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
    this.last = { method, given }
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
    this.panel.read(this.unread())
    this.point(this.at)
    const { wanted } = this
    this.wanted = null
    if (wanted) queueMicrotask(wanted)
  }

  /** Opens a number as soon as the network has run, as a link wants it. @param {number} place  of its box */
  opensAt(place, index) {
    const box = this.plan.boxes[place]
    if (!box || box.kind === "input" || !(index >= 0 && index < count(box.shape))) return
    this.wanted = () => this.open(box, index)
  }

  /** Whether the number that is opened stands in front of a code that no picture made. */
  unread() {
    const { boxes, code } = this.plan
    const box = this.panel.opened?.box
    return this.unknown && box !== undefined && boxes.indexOf(box) <= boxes.indexOf(/** @type {any} */ (code))
  }

  /** Shows the computation behind a number of a box, or hides it again. */
  open(box, index) {
    const { opened } = this.panel
    if (opened?.box === box && opened?.index === index) return this.panel.close()
    if (!this.last) return
    const { method, given } = this.last
    this.model[method](...given)
    if (this.moved) this.model.decode(this.moved, this.y)
    this.panel.open({ box, index })
    if (this.unread()) this.panel.read(true)
    this.later()
  }

  spread(method, [x, y]) {
    if (this.plan.logvar < 0 || !this.model.posterior) return null
    const { logvar } =
      method === "posterior" ? { logvar: this.model.value(this.plan.logvar) } : this.model.posterior(x, y)
    return logvar.map((value) => Math.exp(value / 2))
  }

  // ---- what a hand does to the code: hand.js

  /** Points at a number: what it paints is the output with it, less the output without it. */
  point(i) {
    const z = this.moved ?? this.z
    if (i !== this.at) this.pulling = false
    this.at = z && i < z.length ? i : -1
    if (this.at >= 0) this.before = this.at
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
    this.at = this.before = i
    this.follow()
  }

  /** Draws z from the posterior, as a VAE does in training: the decoder follows. */
  sample() {
    if (!this.z || !this.sigma) return
    this.moved = drawn(this.z, this.sigma)
    this.reach = reachOf(this.moved, null, this.reach)
    this.follow()
  }

  /** Decodes the code that a hand has made. */
  follow() {
    this.pulling = true
    this.change = null
    this.model.decode(/** @type {Float32Array} */ (this.moved), this.y)
    const behind = this.plan.boxes.slice(this.plan.boxes.indexOf(/** @type {any} */ (this.plan.code)) + 1)
    for (const box of behind) this.shown.set(box, this.model.value(box.place))
    this.shown.set(this.plan.code, this.moved)
    this.panel.read(this.unread())
    this.later()
  }

  /** The hand has gone: all is as the network gave it. */
  leave() {
    if (this.at < 0 && !this.moved) return
    if (this.moved && this.z && this.panel.opened) {
      this.model.decode(this.z, this.y)
      this.panel.read(this.unread())
    }
    this.moved = null
    this.pulling = false
    this.at = -1
    this.change = null
    this.shown = new Map(this.given)
    this.later()
  }

  /** The number that was pointed at before, or the one that stands out most. */
  first() {
    if (this.before >= 0) return this.before
    const z = this.z ?? new Float32Array(1)
    return z.reduce((best, value, i) => (Math.abs(value) > Math.abs(z[best]) ? i : best), 0)
  }

  get positive() {
    return this.plan.positive
  }

  // ---- drawing

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.draw()
    })
  }

  /** What is to be said of a network whose code is no bottleneck. */
  get note() {
    const { code, narrowest, pixels } = this.plan
    if (this.compact || narrowest <= pixels) return ""
    const wide = `${numbers(narrowest)}, more than the picture\u2019s ${pixels.toLocaleString("en")}`
    return code ? `Its code has ${wide}.` : `It has no short code: its narrowest layer has ${wide}.`
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
    if (this.resized) drawArcs(this)
    drawMarks(this)
    this.resized = false
    const says = /** @type {HTMLElement} */ (this.root.querySelector(".out"))
    says.textContent = this.change ? `${this.name()} paints` : "Out"
    this.root.classList.toggle("pointed", this.change !== null)
    this.root.classList.toggle("unknown", this.unknown)
    this.root.classList.toggle("blind", !this.shown.has(boxes[0])) // no picture has gone in yet
    this.root.classList.toggle("moved", this.moved !== null)
    this.root.classList.toggle("spread", this.sigma !== null)
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
    return `z${subscript(this.at + 1)}`
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

const signed = (value) => value.toFixed(2).replace("-", "\u2212")
