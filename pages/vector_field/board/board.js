// The vector field: a small network learns in a Web Worker, while this thread draws what it does to every place.
// Nothing is sent to the server but what the visitor draws and drops, for the link.
//
// data (pages/vector_field/board/__init__.py): recipe (see FieldRecipe), shape, dim, drawn, walk, asked

import { colorsOf } from "./canvas.js"
import { handle } from "./hand.js"
import { LineView } from "./line.js"
import { LossCurve } from "./loss.js"
import { Made } from "./made.js"
import { PlaneView } from "./plane.js"
import { describe, radios, writeCount, writeNote, writeNumbers } from "./readout.js"
import { serve } from "./worker.js"
import { mount } from "../../../ui/view.js"

const LOOK = 32 // ms between two questions to the worker, at least
const TELL = 120 // ms between two paintings of the loss, which no eye follows faster
const ENOUGH = 1000 // steps after which a bet is decided
const SAY = 1000 // ms between two sentences about points that wander while nothing is learned
const REST = 20_000 // steps without a change, after which the training pauses by itself
const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)")

if (typeof document === "undefined" && typeof postMessage === "function") serve(globalThis) // this very file, as the worker

/** @param {Component} component */
export default function (component) {
  return mount(component, ".field", Board, (board) => {
    board.tell = (name, value) => component.setStateValue(name, value)
  })
}

export class Board extends Made {
  view = /** @type {any} */ (null)
  tool = "drop"
  pointer = /** @type {?number[]} */ (null) // a place, under the mouse or moved by keys
  batch = /** @type {any} */ (null) // of a single step
  numbers = /** @type {any} */ (null)
  asked = false // the worker owes an answer
  lookedAt = -Infinity
  toldAt = -Infinity // when the loss was painted
  told = /** @type {any} */ (null) // the answer whose loss was painted
  saidAt = -Infinity // when the sentences were written
  begun = 0
  decided = 0 // the last of Python's questions that was answered

  /** @param {Skeleton} root */
  constructor(root) {
    super()
    this.listen(root)
    this.canvas = this.find("canvas.view")
    this.loss = new LossCurve(this.find("canvas.curve"))
    this.find(".clear").onclick = () => (this.tool === "draw" ? this.clearPoints() : this.clearWalkers())
    radios(this.root, "tool", (value) => this.choose("tool", value))
    radios(this.root, "walk", (value) => {
      this.choose("walk", value)
      if (this.numbers) this.say() // what is said of points that wander goes with them
      this.tellWalk()
    })
    handle(this)
    this.resized = new ResizeObserver(() => this.refit())
    this.resized.observe(this.canvas)
    this.hire()
  }

  hire() {
    try {
      this.worker = new Worker(import.meta.url, { type: "module" })
    } catch {
      return this.fail()
    }
    this.worker.onmessage = ({ data }) => this.hear(data)
    this.worker.onerror = () => this.fail()
  }

  fail() {
    this.failed = true
    writeNote(this)
  }

  close() {
    super.close()
    this.worker?.terminate()
    this.resized.disconnect()
    clearTimeout(this.timer)
  }

  // ---- what Python says

  update(data) {
    const before = this.data
    this.data = data
    if (data.asked !== before?.asked && before) this.play(true)
    if (!before) this.decided = data.asked
    this.recolor()
    const { recipe, dim, shape, drawn } = data
    this.root.dataset.dim = String(dim)
    if (dim !== before?.dim) {
      this.view = dim === 1 ? new LineView(this.canvas) : new PlaneView(this.canvas)
      this.pointer = null
    }
    if (!before || data.walk !== before.walk || dim !== before.dim) this.readWalk(data)
    const own = shape === "own" || dim === 1
    const echo = own && drawn === this.sent && dim === before?.dim // what the visitor has drawn here
    const news = !before || dim !== before.dim || shape !== before.shape || (own && drawn !== before.drawn)
    if (news && !echo) this.readPoints(data)
    const anew = JSON.stringify([dim, recipe.kind, recipe.widths, recipe.seed, recipe.batch]) // what begins a new network
    if (anew !== this.shapeOfNet || (news && !echo)) this.begin(before !== null)
    else if (JSON.stringify(recipe) !== JSON.stringify(before?.recipe)) this.change()
    this.shapeOfNet = anew
    if (!before || shape !== before.shape)
      this.choose("tool", shape === "own" && !this.points.length ? "draw" : echo ? this.tool : "drop")
    if (!before) this.play(true)
    describe(this)
    writeNote(this)
    this.ask()
  }

  recolor() {
    this.toldAt = -Infinity
    this.theme = colorsOf(this.root)
    this.root.style.setProperty("--ramp", PlaneView.gradient(this.theme.ramp))
    this.ask()
  }

  begin(again) {
    const { recipe, dim } = this.data
    this.worker?.postMessage({ do: "begin", recipe, points: this.points, dim })
    this.begun++
    this.loss.clear()
    this.numbers = this.batch = null
    this.since = 0
    if (again) this.walkers.again()
    this.dirty = true
    this.ask()
  }

  change() {
    const { sigma, lr } = this.data.recipe
    this.worker?.postMessage({ do: "change", recipe: { sigma, lr } })
    this.changed()
  }

  /** The visitor has changed something: the training goes on for long enough. */
  changed() {
    this.since = this.answer?.steps ?? 0
    this.batch = null
    this.dirty = true
    writeNote(this)
    this.ask()
  }

  // ---- what the worker says

  hear(answer) {
    this.asked = false
    if (answer.begun !== this.begun) return this.goOn() // of a network that is gone
    this.answer = answer
    this.view.learn(answer.moved)
    this.walkers.learn(answer.sizes, answer.weights)
    this.loss.add(answer.losses)
    if (answer.numbers) this.numbers = answer.numbers
    if (answer.losses.length && this.playing) this.batch = null
    if (answer.single) this.batch = answer.batch
    if (answer.stale) this.dirty = true
    this.root.dataset.step = String(answer.steps)
    if (this.playing && answer.steps - this.since > REST) this.play(false)
    if (answer.numbers) {
      this.say()
      this.decide()
    }
    document.dispatchEvent(new CustomEvent("field:look", { detail: this.state() }))
    answer.single ? this.ask() : this.goOn()
  }

  say(now = performance.now()) {
    this.saidAt = now
    writeNumbers(this)
  }

  /** Answers a bet's question, once, with what stands beside the board by then. */
  decide() {
    const { answer, data, numbers } = this
    if (data.asked === this.decided || data.dim === 1 || answer.steps < ENOUGH) return
    this.decided = data.asked
    const { onData, dataBest, before, after, cosine } = numbers
    this.tell("found", { asked: data.asked, on_data: onData, data_best: dataBest, before, after, cosine })
  }

  /** What the equations show of it. */
  state() {
    const { answer, data, playing, walkers } = this
    const { steps, parts, batch } = answer
    return { steps, parts, batch, playing, walkers, dim: data.dim, recipe: data.recipe }
  }

  // ---- one frame

  draw(now) {
    const { view, data, worker } = this
    if (!this.root.isConnected || !data) return
    if (worker && !this.asked && !this.failed && (this.playing || this.dirty) && now - this.lookedAt > LOOK) {
      this.dirty = false
      this.asked = true
      this.lookedAt = now
      worker.postMessage({ do: "look", grid: view.grid })
    }
    const eases = view.ease(calm?.matches)
    this.walkers.calm = calm?.matches
    this.walkers.advance(now, data.recipe.sigma)
    const moves = this.walkers.moves(now)
    if (this.outdated() || eases || moves) view.paint(this.scene)
    if (this.walkers.wandering && this.numbers && now - this.saidAt > SAY) this.say(now)
    if (this.answer && now - this.toldAt > TELL) {
      this.toldAt = now
      this.told = this.answer
      this.loss.paint(this.answer.floor, this.theme)
      writeCount(this)
    }
    this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1) // for the browser tests and the benchmark
    const untold = this.answer && this.answer !== this.told
    if (this.playing || this.dirty || untold || eases || moves) this.goOn()
  }

  /** What a view paints. */
  get scene() {
    const { points, walkers, pointer, theme, batch, data } = this
    return { points, walkers, pointer, theme, batch, sigma: data.recipe.sigma, drawing: this.tool === "draw" }
  }

  refit() {
    if (!this.view?.fit()) return
    this.dirty = true
    this.ask()
  }

  // ---- what the visitor does

  reset() {
    this.begin(true)
    this.root.dataset.step = "0"
  }

  choose(name, value) {
    if (name === "tool") this.tool = value
    else this.walkers.wandering = value === "wander"
    for (const button of this.root.querySelectorAll(`[data-${name}]`)) {
      const chosen = button.dataset[name] === value
      button.setAttribute("aria-checked", String(chosen))
      button.tabIndex = chosen ? 0 : -1
    }
    if (name === "walk") this.walkers.again()
    this.root.dataset.tool = this.tool
    writeNote(this)
    this.ask()
  }
}
