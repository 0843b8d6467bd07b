// Writes a number in one style, in the browser alone: the visitor moves over the plane of cvae-2's codes, or sets
// slant, width and thickness of a larger code, and every frame all digits are decoded anew. Python hears of it only
// when the hand rests (`chosen`), to keep the address bar and the page's other parts in step.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { contextOf, SIDE } from "../../../ui/output/picture.js"
import { ran } from "../../../ui/live/ran.js"
import { withNetwork } from "../../../ui/live/store.js"
import { StylePlane } from "./plane.js"
import { measureStyle } from "./styles.js"
import { digitsFrom, paintDigit } from "../../../ui/output/tiles.js"
import { mount } from "../../../ui/view.js"

const MOST = 12 // digits of a number
const REST = 160 // ms until the judge looks
const SETTLED = 350 // ms until Python hears
const COUNTED = [
  "no",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
]
const UNITS = { "°": "°", px: " px" } // as they stand behind a number

/** @param {Component} component */
export default function (component) {
  return mount(component, ".writer", Writer, (writer) => {
    writer.send = (chosen) => component.setStateValue("chosen", chosen)
  })
}

/** A number in words: no minus before a zero. */
function number(value, digits) {
  const text = value.toFixed(digits)
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212")
}

/** Slant, width and thickness of pictures, their means; null without any. */
function meanStyle(pictures) {
  if (!pictures.length) return null
  const all = pictures.map(measureStyle)
  const mean = (name) => all.reduce((sum, styles) => sum + styles[name], 0) / all.length
  return { slant: mean("slant"), width: mean("width"), thickness: mean("thickness") }
}

class Writer {
  cvae = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  judge = /** @type {any} */ (null)
  pictures = new Map() // digit -> its picture as it is written, (784); null where nobody can write it yet
  count = -1 // digits that the tiles' size is for
  readings = new Map() // digit -> the judge's probabilities; none while the writing changes
  now = /** @type {any} */ (null) // the style of what is written
  plain = /** @type {any} */ (null) // and of the same digits with every slider in the middle
  plainly = "" // what `plain` is of
  seq = 0
  data = /** @type {any} */ (null)
  send = (/** @type {object} */ _chosen) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.field = root.querySelector("input") // of the number
    this.plane = new StylePlane(root.querySelector("canvas"), {
      preview: () => this.show(true),
      pin: (z) => {
        this.z = Float32Array.from(z ?? this.data.z)
        this.show(true)
        this.settle()
      },
    })
    this.paper = root.querySelector(".paper")
    this.verdict = root.querySelector(".verdict")
    this.field.oninput = () => this.type(this.field.value)
    root.querySelector(".save").onclick = () => this.save()
    new ResizeObserver(() => this.fit()).observe(this.paper)
  }

  /** What Python says; the visitor's own choice stands until Python makes another. */
  update(data) {
    const fresh = data.version !== this.data?.version
    if (this.data && data.reveal > this.data.reveal) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
      this.root.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" })
    }
    const model = data.network?.sha256 !== this.data?.network?.sha256
    this.data = data
    if (fresh) {
      this.number = data.number
      this.z = Float32Array.from(data.z)
      this.amounts = { ...data.amounts }
      this.field.value = data.number
      this.plane.hovered = null
      this.layout()
    }
    if (model || !this.asked) this.askFor(data)
    if (fresh) this.show(true)
  }

  askFor({ network: cvae, judge }) {
    this.asked = true
    this.cvae = null
    this.say("The network is on its way; this picture is the server's.")
    if (!cvae) return this.say("No conditional model is here.")
    withNetwork(
      cvae.sha256,
      (loaded) => {
        if (this.data.network?.sha256 !== cvae.sha256) return
        this.cvae = loaded
        this.say("")
        this.root.dataset.ready = cvae.name
        this.show(true)
      },
      (why) => this.say(`This network cannot run here: ${why}`),
    )
    if (judge)
      withNetwork(judge.sha256, (loaded) => {
        this.judge = loaded
        this.show()
      })
  }

  say(text) {
    this.root.querySelector(".note").textContent = text
  }

  /** The plane for a code of two numbers, sliders for a longer one. */
  layout() {
    this.root.classList.toggle("flat", this.z.length === 2)
    this.showSliders()
    const told = this.data.styles.map(({ name, r2 }) => `${name} ${Math.round(100 * Math.max(0, r2))}%`)
    this.root.querySelector(".told").textContent = `How much of each style this code holds: ${told.join(", ")}.`
  }

  showSliders() {
    const sliders = this.z.length === 2 ? nothing : this.data.styles.map((style) => this.slider(style))
    render(sliders, this.root.querySelector(".sliders"))
  }

  slider({ name, label, less, more, sd, digits, unit }) {
    const amount = this.amounts[name]
    const after = UNITS[unit] ?? ""
    const signed = (value) => `${Number(value.toFixed(digits)) < 0 ? "" : "+"}${number(value, digits)}${after}`
    // what a decoder draws falls behind what it is asked for, far from the middle above all: both stand here
    const got = amount && this.plain && this.now ? `, drew ${signed(this.now[name] - this.plain[name])}` : ""
    const text = amount ? `asked ${signed(amount * sd)}${got}` : "unchanged"
    const set = (value) => {
      this.amounts[name] = value
      this.showSliders()
      this.show(true)
    }
    const reset = () => {
      set(0)
      this.settle()
    }
    return html`<div class="style" @dblclick=${reset}>
      <b>${label}</b><span class="said">${text}</span>
      <input type="range" min="-3" max="3" step="0.05" aria-label=${label} aria-valuetext=${text} .value=${String(amount)}
        @input=${(event) => set(event.target.valueAsNumber)} @change=${() => this.settle()} />
      <span class="ways"><i>${less}</i><i>${more}</i></span>
    </div>`
  }

  /** A number is typed: digits only, at most twelve. */
  type(text) {
    this.number = text.replace(/\D/g, "").slice(0, MOST)
    this.field.value = this.number
    this.show(true)
    this.settle()
  }

  /** The code that is written now: the plane's place under the pointer, or base + sum of amounts * directions. */
  code() {
    if (this.z.length === 2) return Float32Array.from(this.plane.hovered ?? this.z)
    return this.z.map((value, i) => {
      return this.data.styles.reduce((sum, style) => sum + this.amounts[style.name] * style.vector[i], value)
    })
  }

  /** Writes on the next frame; `now`: the style or the number has changed, so that the verdict is out of date. */
  show(changed = false) {
    if (changed) this.stale = true
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.write()
    })
  }

  write() {
    const z = this.code()
    const given = this.data.pictures // Python's, for the time before the network is here
    const picture = (digit) => {
      if (this.cvae) return this.cvae.decode(z, digit)
      return given[digit] ? digitsFrom(given[digit])[0] : null
    }
    const digits = this.digits()
    this.pictures = new Map([...new Set(digits)].map((digit) => [digit, picture(digit)]))
    if (this.stale) {
      this.readings.clear()
      this.verdict.textContent = digits.length ? "" : "Type a number, or choose a digit."
    }
    this.stale = false
    if (this.cvae && digits.length) {
      this.cvae.decode(z, digits[0])
      ran(this.cvae, "decode", z, digits[0])
    }
    this.showPaper()
    this.measure([...this.pictures.values()].filter(Boolean))
    if (digits.length === this.count) this.drawPlane()
    else this.fit()
    this.root.dataset.shown = String(Number(this.root.dataset.shown ?? 0) + 1)
    this.root.dataset.z = [...z].map((value) => value.toFixed(3)).join()
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.look(), REST)
  }

  digits() {
    return [...this.number].map(Number)
  }

  showPaper() {
    const digits = this.digits()
    render(
      digits.map((digit) => this.tile(digit)),
      this.paper,
    )
    this.paper.querySelectorAll("canvas").forEach((canvas, i) => {
      const x = this.pictures.get(digits[i])
      if (x) paintDigit(canvas, x)
      else canvas.width = SIDE // empties it
    })
  }

  tile(digit) {
    const p = this.readings.get(digit)
    const reads = p?.indexOf(Math.max(...p))
    const said = p && html`<span>reads </span>${reads}<span> · </span><i>${Math.round(100 * p[reads])}%</i>`
    return html`<figure class=${p && reads !== digit ? "wrong" : ""}>
      <canvas width=${SIDE} height=${SIDE} role="img" aria-label=${`${digit}, written by the network`}></canvas>
      <figcaption>${said ?? "…"}</figcaption>
    </figure>`
  }

  /** What the style comes to, as the mean of the different digits that are written; with sliders also without them. */
  measure(pictures) {
    this.now = meanStyle(pictures)
    const words = this.data.styles.map(({ name, digits, unit }) => {
      return `${name} ${this.now ? number(this.now[name], digits) : ""}${UNITS[unit] ?? ""}`
    })
    this.root.querySelector(".measured").textContent = this.now ? `Measured: ${words.join(", ")}` : ""
    if (this.z.length === 2) return
    const { cvae } = this
    const plainly = [this.number, this.z.join(), this.root.dataset.ready].join()
    if (plainly !== this.plainly && cvae) {
      this.plain = meanStyle([...this.pictures.keys()].map((digit) => cvae.decode(this.z, digit)))
      this.plainly = plainly
    }
    this.showSliders()
  }

  /** The writing as a picture of 4 screen pixels a pixel. */
  save() {
    const sheet = document.createElement("canvas")
    const scale = 4
    const tiles = [...this.paper.querySelectorAll("canvas")]
    sheet.width = Math.max(1, tiles.length) * SIDE * scale
    sheet.height = SIDE * scale
    const ctx = contextOf(sheet)
    ctx.imageSmoothingEnabled = false
    ctx.fillRect(0, 0, sheet.width, sheet.height) // black, as in MNIST
    tiles.forEach((canvas, i) => ctx.drawImage(canvas, i * SIDE * scale, 0, SIDE * scale, SIDE * scale))
    const link = document.createElement("a")
    link.download = `${this.number || "empty"}.png`
    link.href = sheet.toDataURL("image/png")
    link.click()
  }

  /** The judge reads what is written, once the hand rests. */
  look() {
    const digits = this.digits()
    if (!this.judge || !this.cvae || !digits.length) return
    this.readings = new Map([...this.pictures].map(([digit, x]) => [digit, this.judge.classify(x)]))
    this.showPaper()
    const right = (digit) => {
      const p = this.readings.get(digit)
      return p.indexOf(Math.max(...p)) === digit
    }
    const [all, agreed] = [digits.length, digits.filter(right).length]
    const count = all === agreed ? `all ${COUNTED[all]}` : `${COUNTED[agreed]} of the ${COUNTED[all]}`
    const one = agreed ? "The judge reads it as asked." : "The judge reads another digit."
    this.verdict.textContent = all === 1 ? one : `The judge reads ${count} as asked.`
  }

  /** The largest tile with which the number stands on one line; below 56 px it breaks. */
  fit() {
    const width = this.paper.clientWidth
    this.count = this.number?.length ?? 0
    const sizes = [224, 196, 168, 140, 112, 84, 56].slice(width < 500 ? 2 : 0)
    const side = sizes.find((side) => side * this.count <= width) ?? 56
    this.paper.style.setProperty("--tile", `${side}px`)
    this.paper.classList.toggle("small", side < 84)
    this.drawPlane()
  }

  drawPlane() {
    if (this.z?.length !== 2) return
    this.plane.draw({
      z: [...this.z],
      digit: Number(this.number[0] ?? 0),
      network: this.cvae,
      styles: this.data.styles,
    })
  }

  /** The hand rests: Python may know. */
  settle() {
    clearTimeout(this.settling)
    this.settling = setTimeout(() => {
      const z = [...this.z].map((value) => Number(value.toFixed(3)))
      this.send({ seq: ++this.seq, version: this.data.version, number: this.number, z, amounts: { ...this.amounts } })
    }, SETTLED)
  }
}
