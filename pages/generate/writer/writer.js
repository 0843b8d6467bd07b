// Writes a number in one style, in the browser alone: the visitor moves over the plane of cvae-2's codes, or sets
// slant, width and thickness of a larger code, and every frame all digits are decoded anew. Python hears of it only
// when the hand rests (`chosen`), to keep the address bar and the page's other parts in step.

import { contextOf, SIDE } from "../../../ui/output/picture.js"
import { network } from "../../../ui/live/store.js"
import { StylePlane } from "./plane.js"
import { measureStyle } from "./styles.js"
import { digitsFrom, paintDigit } from "../../../ui/output/tiles.js"

const MOST = 12 // digits of a number
const REST = 160 // ms until the judge looks
const SETTLED = 350 // ms until Python hears

const writers = new WeakMap() // parentElement -> Writer

/** @param {Component} component */
export default function ({ data, parentElement, setStateValue }) {
  if (!data) return
  const writer = writers.get(parentElement) ?? new Writer(parentElement.querySelector(".writer"))
  writers.set(parentElement, writer)
  writer.send = (chosen) => setStateValue("chosen", chosen)
  writer.update(data)
}

class Writer {
  cvae = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  judge = /** @type {any} */ (null)
  tiles = /** @type {{figure: HTMLElement, canvas: any, caption: any, digit?: number, x?: any}[]} */ ([])
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
    root.querySelector(".keys").replaceChildren(
      ...Array.from({ length: 10 }, (_, digit) => {
        const key = document.createElement("button")
        key.type = "button"
        key.textContent = String(digit)
        key.setAttribute("aria-label", `Write ${digit === 8 ? "an" : "a"} ${digit}`)
        key.onclick = () => this.type(String(digit))
        return key
      }),
    )
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
    network(cvae.sha256).then(
      (loaded) => {
        if (this.data.network?.sha256 !== cvae.sha256) return
        this.cvae = loaded
        this.say("")
        this.root.dataset.ready = cvae.name
        this.show(true)
      },
      (error) => this.say(`This network cannot run here: ${error.message}`),
    )
    if (judge)
      network(judge.sha256).then(
        (loaded) => {
          this.judge = loaded
          this.show()
        },
        () => {},
      )
  }

  say(text) {
    this.root.querySelector(".note").textContent = text
  }

  /** The plane for a code of two numbers, sliders for a longer one. */
  layout() {
    const flat = this.z.length === 2
    this.root.classList.toggle("flat", flat)
    const sliders = this.root.querySelector(".sliders")
    const rows = this.data.styles.map((style) => {
      const row = /** @type {Skeleton} */ (document.createElement("label"))
      row.innerHTML = `<b></b><output></output><input type="range" min="-3" max="3" step="0.05">
        <span><i></i><i></i></span>`
      row.querySelector("b").textContent = style.label
      row.querySelectorAll("i").forEach((end, i) => (end.textContent = [style.less, style.more][i]))
      const [input, output] = [row.querySelector("input"), row.querySelector("output")]
      const tell = () => {
        const sd = this.amounts[style.name]
        const signed = (value, digits) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`
        const text = `${signed(sd * style.sd, style.digits)}${style.unit === "°" ? "" : " "}${style.unit}`
        output.textContent = sd ? text : "as it comes"
        input.setAttribute("aria-valuetext", output.textContent)
      }
      input.value = this.amounts[style.name]
      input.oninput = () => {
        this.amounts[style.name] = Number(input.value)
        tell()
        this.show(true)
      }
      input.onchange = () => this.settle() // once it is let go
      row.ondblclick = () => {
        input.value = "0"
        input.dispatchEvent(new Event("input"))
        input.dispatchEvent(new Event("change"))
      }
      tell()
      return row
    })
    sliders.replaceChildren(...(flat ? [] : rows))
    const told = this.data.styles.map(({ name, r2 }) => `${Math.round(100 * Math.max(0, r2))} % of the ${name}`)
    this.root.querySelector(".told").textContent = `The code tells ${told.join(", ")} among digits of one class.`
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
    const digits = [...this.number].map(Number)
    if (digits.length !== this.tiles.length) this.lay(digits.length)
    const z = this.code()
    const given = this.data.pictures // Python's, for the time before the network is here
    const drawn = new Map()
    const picture = (digit) => {
      if (this.cvae) return this.cvae.decode(z, digit)
      return given[digit] ? digitsFrom(given[digit])[0] : null
    }
    digits.forEach((digit, i) => {
      if (!drawn.has(digit)) drawn.set(digit, picture(digit))
      const tile = this.tiles[i]
      tile.digit = digit
      tile.x = drawn.get(digit)
      if (tile.x) paintDigit(tile.canvas, tile.x)
      else tile.canvas.width = SIDE // empties it
      tile.canvas.setAttribute("aria-label", `${digit}, written by the network`)
      if (this.stale) tile.caption.textContent = "…"
      if (this.stale) tile.figure.classList.remove("wrong")
    })
    if (this.stale) this.verdict.textContent = digits.length ? "" : "Type a number, or choose a digit."
    this.stale = false
    this.measure([...drawn.values()].filter(Boolean))
    this.drawPlane()
    this.root.dataset.shown = String(Number(this.root.dataset.shown ?? 0) + 1)
    this.root.dataset.z = [...z].map((value) => value.toFixed(3)).join()
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.look(), REST)
  }

  /** What the style comes to, as the mean of the different digits that are written. */
  measure(pictures) {
    const all = pictures.map(measureStyle)
    const mean = (name) => all.reduce((sum, styles) => sum + styles[name], 0) / all.length
    const words = this.data.styles.map(({ name, digits, unit }) => {
      const value = mean(name).toFixed(digits).replace("-", "−")
      return `${name} ${value}${{ "°": "°", px: " px" }[unit] ?? ""}`
    })
    this.root.querySelector(".measured").textContent = all.length ? `Measured: ${words.join(", ")}` : ""
  }

  /** The writing as a picture of 4 screen pixels a pixel. */
  save() {
    const sheet = document.createElement("canvas")
    const scale = 4
    sheet.width = Math.max(1, this.tiles.length) * SIDE * scale
    sheet.height = SIDE * scale
    const ctx = contextOf(sheet)
    ctx.imageSmoothingEnabled = false
    ctx.fillRect(0, 0, sheet.width, sheet.height) // black, as in MNIST
    this.tiles.forEach(({ canvas }, i) => ctx.drawImage(canvas, i * SIDE * scale, 0, SIDE * scale, SIDE * scale))
    const link = document.createElement("a")
    link.download = `${this.number || "empty"}.png`
    link.href = sheet.toDataURL("image/png")
    link.click()
  }

  /** The judge reads what is written, once the hand rests. */
  look() {
    if (!this.judge || !this.cvae || !this.tiles.length) return
    let agreed = 0
    const judged = new Map(this.tiles.map(({ digit, x }) => [digit, x]))
    judged.forEach((x, digit) => judged.set(digit, this.judge.classify(x)))
    for (const { digit, caption, figure } of this.tiles) {
      const p = judged.get(digit)
      const reads = p.indexOf(Math.max(...p))
      if (reads === digit) agreed++
      caption.innerHTML = `<span>reads </span>${reads}<span> · </span><i>${Math.round(100 * p[reads])} %</i>`
      figure.classList.toggle("wrong", reads !== digit)
    }
    const all = this.tiles.length
    this.verdict.textContent =
      all === 1
        ? agreed
          ? "The judge reads the digit that you asked for."
          : "The judge reads another digit."
        : agreed === all
          ? `The judge reads all ${all} as you asked.`
          : `The judge reads ${agreed} of ${all} as you asked.`
  }

  /** Tiles for so many digits. */
  lay(count) {
    this.tiles = Array.from({ length: count }, () => {
      const figure = document.createElement("figure")
      figure.innerHTML = `<canvas width="${SIDE}" height="${SIDE}" role="img"></canvas><figcaption>…</figcaption>`
      const [canvas, caption] = figure.children
      return { figure, canvas, caption }
    })
    this.paper.replaceChildren(...this.tiles.map(({ figure }) => figure))
    this.fit()
  }

  /** The largest tile with which the number stands on one line; below 56 px it breaks. */
  fit() {
    const width = this.paper.clientWidth
    const side = [168, 140, 112, 84, 56].find((side) => side * this.tiles.length <= width) ?? 56
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
