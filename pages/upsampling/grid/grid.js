// A 4 x 4 grid of numbers, enlarged while it is edited: each output lights the inputs and weights that made it, and its
// sum is written out. All of it is computed here; Python keeps the settings for the link.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { share, shared } from "../../../ui/head/view.js"
import { Board } from "../../../ui/board.js"
import { radios } from "../../../ui/input/radios.js"
import { mount } from "../../../ui/view.js"
import { enlarge, inside, sideAfter, tent } from "./arithmetic.js"
import { flatText, letter, number, paint, sumText, verdictText } from "./words.js"

const WAY_NAMES = { transposed: "Transposed", nearest: "Nearest", bilinear: "Bilinear", unpooling: "Unpooling" }
const SIDE = 4
const MOST = 99 // of a number, either way
const DIALS = { kernel: [1, 5], stride: [1, 3], padding: [0, 2] }
const SEVEN = [9, 9, 9, 9, 0, 0, 1, 9, 0, 1, 9, 1, 1, 9, 1, 0]
const PAUSE = 250 // ms of rest before Python hears
const VIEW = "up_cell" // in a shared link: the cell that is looked at

/** @param {Component} component */
export default function (component) {
  return mount(component, ".grid", Grid, (grid) => {
    grid.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Grid extends Board {
  now = /** @type {any} */ (null) // the settings: way, kernel, stride, padding, cells, weights, counts
  made = /** @type {import("./arithmetic.js").Enlarged} */ ({ side: 0, terms: [], out: [] })
  fresh = NaN
  lit = { of: "output", cell: 20 } // which grid, and which of its cells, is looked at
  pinned = { of: "output", cell: 20 }
  plain = this.pinned // where a look begins
  timer = 0
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.ends.push(() => clearTimeout(this.timer))
    this.ends.push(share(VIEW, () => (this.pinned === this.plain ? "" : `${this.pinned.of}.${this.pinned.cell}`)))
    for (const of of ["input", "kernel", "output"]) {
      const cells = this.find(`.${of} .cells`)
      cells.onpointermove = (event) => this.point(of, event)
      cells.onpointerleave = () => this.look(this.pinned)
      cells.onclick = (event) => this.press(of, event)
      cells.onkeydown = (event) => this.key(of, event)
      cells.onfocus = () => {
        if (this.lit.of !== of) this.pin({ of, cell: 0 })
      }
    }
  }

  update({ settings, fresh }) {
    if (fresh !== this.fresh) {
      const first = Number.isNaN(this.fresh)
      this.now = { ...settings }
      this.fresh = fresh
      this.reset()
      if (first) this.link()
    }
    this.show()
  }

  /** A shared link says which cell is looked at. */
  link() {
    const [, of, cell] = /^(input|kernel|output)\.(\d{1,3})$/.exec(shared(VIEW)) ?? []
    const most = { input: SIDE ** 2, kernel: this.now.kernel ** 2, output: Infinity }
    if (of && Number(cell) < most[of]) this.pin({ of, cell: Number(cell) })
  }

  /** Look at an output that many inputs reach. */
  reset() {
    const { terms } = enlarge(this.now, this.now.cells, this.now.weights)
    const most = Math.max(...terms.map((one) => one.length))
    const cell = terms.findIndex((one, i) => one.length === most && i >= terms.length / 4)
    this.lit = { of: "output", cell: Math.max(cell, 0) }
    this.pinned = this.plain = this.lit
  }

  set(changes, looksAnew = false) {
    this.now = { ...this.now, ...changes }
    if (looksAnew) this.reset()
    this.show()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.send(this.now), PAUSE)
  }

  dial(name, value) {
    const next = { ...this.now, [name]: value }
    next.padding = Math.min(next.padding, Math.floor((next.kernel - 1) / 2), DIALS.padding[1])
    if (name === "kernel") next.weights = resized(this.now.weights, this.now.kernel, value)
    this.set(next, true)
  }

  /** Where all numbers are the same, none is the largest: unpooling begins with a 7. */
  choose(way) {
    const flat = this.now.cells.every((value) => value === this.now.cells[0])
    this.set(way === "unpooling" && flat ? { way, cells: SEVEN } : { way }, true)
  }

  cellOf(event) {
    const cell = event.target.closest?.("[data-cell]")
    return cell ? Number(cell.dataset.cell) : null
  }

  point(of, event) {
    const cell = this.cellOf(event)
    if (event.pointerType === "mouse" && cell !== null) this.look({ of, cell })
  }

  press(of, event) {
    const cell = this.cellOf(event)
    if (cell !== null) this.pin({ of, cell })
  }

  pin(lit) {
    this.pinned = lit
    this.look(lit)
  }

  look(lit) {
    this.lit = lit
    this.show()
  }

  /** Arrows move; in the two grids that can be edited digits set a number, + and - change it. */
  key(of, event) {
    const side = { input: SIDE, kernel: this.now.kernel, output: this.made.side }[of]
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: side, ArrowUp: -side }[event.key]
    const cell = this.lit.of === of ? this.lit.cell : 0
    const change = { "+": 1, "=": 1, "-": -1, "\u2212": -1 }[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (step) {
      const next = cell + step
      const sameRow = Math.abs(step) === side || Math.floor(next / side) === Math.floor(cell / side)
      if (next >= 0 && next < side * side && sameRow) this.pin({ of, cell: next })
    } else if (of !== "output" && change) this.change(change)
    else if (of !== "output" && /^\d$/.test(event.key)) this.put(Number(event.key))
    else if (event.key === "Escape") {
      this.reset()
      this.show()
    } else return
    event.preventDefault()
  }

  /** One step up or down, of the number that is looked at: 1, of the kernel a quarter. */
  change(way) {
    const { of, cell } = this.pinned
    const values = of === "input" ? this.now.cells : this.now.weights
    this.put(values[cell] + (of === "input" ? way : way / 4))
  }

  put(value) {
    const { of, cell } = this.pinned
    const name = of === "input" ? "cells" : "weights"
    const values = [...this.now[name]]
    values[cell] = Math.min(Math.max(value, -MOST), MOST)
    this.set({ [name]: values })
  }

  show() {
    if (!this.now) return
    const { now } = this
    this.made = enlarge(now, now.cells, now.weights)
    const { side, terms } = this.made
    if (this.lit.of === "output" && this.lit.cell >= side * side) this.reset()
    if (this.lit.of === "kernel" && (now.way !== "transposed" || this.lit.cell >= now.kernel ** 2)) this.reset()
    const { of, cell } = this.lit
    const own = of === "output" ? terms[cell] : []
    const inputs = new Map(own.map(({ from }, i) => [from, letter(i)]))
    const taps = new Map(own.filter(({ tap }) => tap >= 0).map(({ tap }, i) => [tap, letter(i)]))
    const outputs = new Map()
    if (of === "output") outputs.set(cell, "")
    else
      terms.forEach(
        (one, i) => one.some(({ from, tap }) => cell === (of === "input" ? from : tap)) && outputs.set(i, ""),
      )
    if (of === "input") inputs.set(cell, "")
    if (of === "kernel") taps.set(cell, "")
    this.ways()
    this.dials()
    const words = of === "output" ? sumText(own, now.cells, this.made.out[cell]) : ""
    const at = (place, across) => `row ${Math.floor(place / across) + 1}, column ${(place % across) + 1}`
    this.cells("input", now.cells, SIDE, inputs, `Input, ${at(of === "input" ? cell : 0, SIDE)}`, this.made.maxima)
    this.cells("kernel", now.weights, now.kernel, taps, `Kernel, ${at(of === "kernel" ? cell : 0, now.kernel)}`)
    const shown = now.counts ? terms.map((one) => one.length) : this.made.out
    this.cells(
      "output",
      shown,
      side,
      outputs,
      `Output, ${side} by ${side}, ${at(of === "output" ? cell : 0, side)}. ${words}`,
    )
    this.kernel()
    this.chips()
    this.words(own)
    this.stepper()
    this.root.dataset.side = String(side)
    this.root.dataset.flat = String(flatText(now, inside(now, now.weights)))
    this.counted()
  }

  ways() {
    const choose = (way) => this.choose(way)
    render(
      radios(Object.keys(WAY_NAMES), this.now.way, choose, (way) => WAY_NAMES[way]),
      this.find(".ways"),
    )
  }

  dials() {
    const { way } = this.now
    const names = way === "transposed" ? Object.keys(DIALS) : way === "unpooling" ? [] : ["stride"]
    const one = (name) => {
      const [low, high] = DIALS[name]
      const highest = name === "padding" ? Math.min(high, Math.floor((this.now.kernel - 1) / 2)) : high
      const label = way === "transposed" ? name[0].toUpperCase() + name.slice(1) : "Factor"
      return html`<label><span>${label} <b>${this.now[name]}</b></span><input type="range" data-dial=${name}
        min=${low} max=${Math.max(highest, low + 1)} step="1" .value=${String(this.now[name])} ?disabled=${highest === low}
        @input=${(event) => this.dial(name, Math.min(event.target.valueAsNumber, highest))} /></label>`
    }
    render(names.map(one), this.find(".dials"))
  }

  /** @param {Map<number, string>} lit  place -> its letter  @param {Set<number>} [maxima]  places with a dot */
  cells(of, values, side, lit, label, maxima) {
    const box = this.find(`.${of} .cells`)
    box.style.setProperty("--side", side)
    box.setAttribute("aria-label", label)
    const most = Math.max(...values.map(Math.abs), 1e-9)
    const cell = (value, i) => {
      const state = `${lit.has(i) ? "lit" : ""} ${maxima?.has(i) ? "maximum" : ""}`
      return html`<span data-cell=${i} class=${state} style=${paint(value / most)}
        >${number(value)}${lit.get(i) ? html`<i>${lit.get(i)}</i>` : nothing}</span>`
    }
    render(values.map(cell), box)
  }

  kernel() {
    const shown = this.now.way === "transposed"
    this.find(".kernel").hidden = !shown
    if (shown) this.find(".kernel h2").textContent = "Kernel"
  }

  chips() {
    const { kernel, stride } = this.now
    const flat = Array(SIDE * SIDE).fill(1)
    const ones = Array(kernel ** 2).fill(1)
    const chip = (name, values, label) => {
      const on = values.join() === this.now[label].join()
      return html`<button type="button" aria-pressed=${String(on)} @click=${() => this.set({ [label]: values })}>${name}</button>`
    }
    render([chip("Flat", flat, "cells"), chip("A 7", SEVEN, "cells")], this.find(".input .chips"))
    render(
      [
        chip("Ones", ones, "weights"),
        chip("Tent", tent(kernel, stride), "weights"),
        html`<button type="button" @click=${() => this.set({ weights: ones.map(() => Math.round(16 * Math.random() - 8) / 4) })}
          >Random</button>`,
      ],
      this.find(".kernel .chips"),
    )
  }

  words(own) {
    const { now, made } = this
    const { kernel, stride, padding, way } = now
    const minus = "\u2212"
    const size =
      way === "transposed"
        ? html`(4 ${minus} 1) × ${stride} ${minus} 2 × ${padding} + ${kernel} = <b>${sideAfter(SIDE, kernel, stride, padding)}</b>`
        : way === "unpooling"
          ? html`4 / 2 × 2 = <b>4</b>, pooled to 2 in between`
          : html`4 × ${stride} = <b>${made.side}</b>`
    render(html`<span>Side</span> ${size}`, this.find(".size"))
    const { of, cell } = this.lit
    const sum = () => {
      if (of !== "output")
        return html`Reaches <b>${made.terms.filter((one) => one.some((term) => (of === "input" ? term.from : term.tap) === cell)).length}</b> outputs`
      if (!own.length) return html`Nothing reaches it: <b>0</b>`
      return html`${own.map(
        (term, i) =>
          html`${i ? " + " : ""}<span class="term"><i>${letter(i)}</i>${number(now.cells[term.from])}${
            way === "transposed" || term.weight !== 1 ? html` × ${number(term.weight)}` : nothing
          }</span>`,
      )} = <b>${number(made.out[cell])}</b>`
    }
    render(sum(), this.find(".sum"))
    this.find(".verdict").textContent = verdictText(now, inside(now, now.weights))
    render(
      html`<label class="check"><input type="checkbox" .checked=${now.counts}
        @change=${(event) => this.set({ counts: event.target.checked })} />Count what reaches each cell</label>`,
      this.find(".view"),
    )
  }

  /** For fingers: two buttons that change the number that was tapped. */
  stepper() {
    const { of } = this.pinned
    const box = this.find(".stepper")
    box.hidden = of === "output"
    if (box.hidden) return
    const values = of === "input" ? this.now.cells : this.now.weights
    render(
      html`<button type="button" aria-label="Less" @click=${() => this.change(-1)}>\u2212</button>
        <output>${number(values[this.pinned.cell])}</output>
        <button type="button" aria-label="More" @click=${() => this.change(1)}>+</button>
        <span>or type a digit</span>`,
      box,
    )
  }
}

/** A kernel of another size: the same number everywhere stays so, others keep their places from the corner on. */
function resized(weights, before, after) {
  if (weights.every((weight) => weight === weights[0])) return Array(after ** 2).fill(weights[0])
  return Array.from({ length: after ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / after), i % after]
    return row < before && column < before ? weights[row * before + column] : 0
  })
}
