// A walk: rows of pictures, and the place between them that the slider says, decoded every frame by the networks in
// this browser. Nothing is sent to the server but "the hand rests" (`settled`), after new rows came.
// A row's mode says what lies between its steps: "fade" from picture a to picture b; "path" from code a to code b;
// "knots", straight from code to code; "through", a network's answer to the fade; "steps", nothing, only the steps.

import { normalizeDrawing } from "../../../ui/input/digit.js"
import { html, render } from "../../../ui/vendor/lit-html.js"
import { PATHS } from "./paths.js"
import { network } from "../../../ui/live/store.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { WalkRow } from "./row.js"

const SETTLE = 500 // ms without new rows
const CROSSING = 4000 // ms from A to B when playing
const STEP_PAUSE = 700 // ms a step for those who asked for reduced motion

const walks = new WeakMap() // parentElement -> WalkView
const still = matchMedia("(prefers-reduced-motion: reduce)")

/** @param {Component} component */
export default function ({ data, parentElement, setTriggerValue }) {
  if (!data) return
  let view = walks.get(parentElement)
  if (!view?.root.isConnected) {
    view?.close()
    view = new WalkView(parentElement)
    walks.set(parentElement, view)
  }
  view.settled = (version) => setTriggerValue("settled", version)
  view.update(data)
  return () => setTimeout(() => view.root.isConnected || view.close()) // Streamlit may clean up while we are on screen
}

class WalkView {
  rows = /** @type {WalkRow[]} */ ([])
  data = /** @type {any} */ (null)
  t = -1 // none yet
  forward = true // where playing goes
  playing = false
  judge = /** @type {any} */ (null)
  seen = {} // pad -> seq of its last drawing that was shown here
  last = /** @type {any} */ (null) // ms, when `t` moved last while playing
  ends = /** @type {Float32Array[]} */ ([])
  stroke = /** @type {?object} */ (null) // of a pen, for which the rows are computed anew
  settled = (/** @type {string} */ _version) => {}
  turn = 0 // whose verdict is computed in this frame

  /** @param {Skeleton} parentElement */
  constructor(parentElement) {
    this.root = parentElement.querySelector(".walk")
    this.slider = this.root.querySelector("input")
    this.slider.oninput = () => this.goTo(this.slider.valueAsNumber)
    this.find(".play").onclick = () => this.play(!this.playing)
    const strips = this.find(".rows")
    strips.onpointerdown = (event) => {
      strips.setPointerCapture(event.pointerId)
      this.scrub(event)
    }
    strips.onpointermove = (event) => {
      if (strips.hasPointerCapture(event.pointerId)) this.scrub(event)
    }
    this.keys = (event) => this.keyDown(event)
    this.ink = (event) => this.drawn(event.detail)
    document.addEventListener("keydown", this.keys)
    document.addEventListener("pad:ink", this.ink)
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  close() {
    this.play(false)
    clearTimeout(this.timer)
    document.removeEventListener("keydown", this.keys)
    document.removeEventListener("pad:ink", this.ink)
  }

  // ---- what Python says

  update(data) {
    if (data.settles && this.version && data.version !== this.version) {
      // the first rows came with all the rest
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.root.isConnected && this.settled(data.version), SETTLE)
    }
    if (data.reveal > (this.data?.reveal ?? 0)) this.root.scrollIntoView({ block: "center" })
    this.version = data.version
    this.data = data
    if (this.t < 0) this.t = data.start
    const late = ({ pad, seq }) => pad && seq < (this.seen[pad] ?? 0)
    if (this.drawing || data.ends.some(late)) return // the browser is ahead; Python's last word comes in a moment
    this.stroke = null
    const layout = JSON.stringify([
      data.rows.map(({ id, label, color, network }) => [id, label, color, network]),
      data.steps,
    ])
    if (layout !== this.layout) this.build()
    this.layout = layout
    this.ends = data.ends.map(({ pixels }) => digitsFrom(pixels)[0])
    this.rows.forEach((row, i) => row.receive(data.rows[i]))
    this.show()
    this.describe()
    this.refresh()
  }

  build() {
    const { data } = this
    this.rows = data.rows.map((row) => new WalkRow(row))
    this.show()
    this.root.style.setProperty("--steps", data.steps)
    this.root.classList.toggle("many", data.steps > 17)
    this.wait()
  }

  /** Writes what stands around the rows' pictures, and hands them their canvases. */
  show() {
    const strips = this.rows.map((row) => row.strip(this.data.steps))
    render(
      this.rows.map((row) => row.figure()),
      this.find(".now"),
    )
    render([...strips, html`<div class="playhead"></div>`], this.find(".rows"))
    const large = this.root.querySelectorAll(".now canvas")
    const strip = this.root.querySelectorAll(".row")
    this.rows.forEach((row, i) => {
      row.canvas = large[i]
      row.tiles = [...strip[i].querySelectorAll("canvas")]
    })
  }

  /** Takes the networks as they come; until then the nearest picture that Python sent stands for the one between. */
  wait() {
    const { rows } = this
    const wanted = rows.filter(({ data }) => data.network)
    const ready = () => {
      if (rows !== this.rows) return
      const missing = wanted.filter(({ network }) => !network).length
      const failed = wanted.find(({ problem }) => problem)
      const text = missing ? `Loading the live networks, ${missing} to go: until then the walk goes step by step.` : ""
      this.find(".status").textContent = failed ? `A live network is not available: ${failed.problem}` : text
      this.root.dataset.live = String(wanted.length - missing)
      this.refresh()
    }
    for (const row of wanted) {
      network(row.data.network.sha256).then(
        (loaded) => {
          row.network = loaded
          ready()
        },
        (error) => {
          row.problem = error.message
          ready()
        },
      )
    }
    if (this.data.judge)
      network(this.data.judge.sha256).then(
        (loaded) => {
          this.judge = loaded
          this.refresh()
        },
        () => {},
      )
    ready()
  }

  describe() {
    const [from, to] = this.data.labels
    this.slider.setAttribute("aria-label", `Place between ${from} and ${to}`)
    this.find(".from").textContent = from
    this.find(".to").textContent = to
  }

  // ---- where we are

  goTo(t) {
    this.t = Math.min(1, Math.max(0, t))
    this.refresh()
  }

  scrub(event) {
    if (event.buttons === 0) return
    this.play(false)
    const box = this.find(".rows").getBoundingClientRect()
    const tile = this.rows[0].tiles[0].getBoundingClientRect().width
    this.goTo((event.clientX - box.left - tile / 2) / (box.width - tile))
  }

  play(playing) {
    if (playing === this.playing) return
    this.playing = playing
    this.last = null
    const button = this.find(".play")
    button.setAttribute("aria-label", playing ? "Pause" : "Play")
    button.title = playing ? "Pause (space)" : "Play (space)"
    button.classList.toggle("on", playing)
    if (!playing) return
    if (this.t >= 1) this.forward = false
    if (this.t <= 0) this.forward = true
    this.refresh()
  }

  /** Space plays and pauses: in the component, and on the page where nothing else wants the key. */
  keyDown(event) {
    if (event.key !== " " || event.defaultPrevented || event.repeat) return
    const path = event.composedPath()
    const ours = path.includes(this.root)
    if (!ours && !(this.playing && path[0] === document.body)) return
    event.preventDefault()
    if (path[0] === this.find(".play")) path[0].blur() // else the button would click, too, when the key rises
    this.play(!this.playing)
  }

  // ---- painting, once a frame

  refresh() {
    for (const row of this.rows) row.judged = false
    this.frame ??= requestAnimationFrame((time) => {
      this.frame = null
      this.advance(time)
      this.paint()
    })
  }

  advance(time) {
    if (!this.playing) return
    const pace = still.matches ? STEP_PAUSE * (this.data.steps - 1) : CROSSING
    this.last ??= time
    const passed = time - this.last
    if (still.matches && passed < STEP_PAUSE) return
    const step = still.matches ? 1 / (this.data.steps - 1) : passed / pace
    this.last = time
    this.t += this.forward ? step : -step
    if (this.t >= 1 - 1e-9 || this.t <= 1e-9) this.forward = this.t <= 1e-9
    this.t = Math.min(1, Math.max(0, this.t))
  }

  paint() {
    if (!this.root.isConnected || !this.rows.length) return
    const { t } = this
    this.root.style.setProperty("--t", String(t))
    this.slider.valueAsNumber = t
    this.slider.setAttribute("aria-valuetext", `${Math.round(100 * t)} % of the way`)
    this.find("output").textContent = `${Math.round(100 * t)} %`
    for (const row of this.rows) row.show(t, this.ends, PATHS[this.data.path])
    this.root.dataset.t = t.toFixed(3)
    this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1)
    if (this.judge && this.judged) this.verdict()
    else for (const row of this.rows) row.reads = null
    this.show()
    if (this.playing) this.refresh()
  }

  /** Whether the judge may read: Python has seen both drawings, and both are digits. */
  get judged() {
    const { ends, judge } = this.data
    return !!judge && !this.drawing && ends.every(({ pad, seq }) => !(this.seen[pad] > seq))
  }

  /** One row's verdict a frame while something moves; the rest when it has come to rest. */
  verdict() {
    this.rows[this.turn++ % this.rows.length].read(this.judge)
    if (this.playing || this.resting) return
    this.resting = requestAnimationFrame(() => {
      this.resting = null
      const row = this.rows.find(({ judged }) => !judged)
      if (!row || !this.judged) return
      row.read(this.judge)
      this.verdict()
      this.show()
    })
  }

  // ---- a pen on one of the pads: the rows follow it, by the networks alone

  drawn({ key, seq, final, raster }) {
    const side = this.data.ends.findIndex(({ pad }) => pad === key)
    if (side < 0 || this.rows.some(({ data, network }) => data.network && !network)) return
    this.drawing = !final
    if (final && seq <= this.data.ends[side].seq) return // Python has answered this already
    this.seen[key] = seq
    const x = normalizeDrawing(raster(112), 112)
    if (!x) return
    this.ends = this.ends.with(side, x)
    for (const row of this.rows) row.encode(side, x)
    this.refresh()
    this.stroke = {}
    this.rebuild(this.stroke)
  }

  async rebuild(stroke) {
    for (let place = 0; place < this.data.steps; place++) {
      for (const row of this.rows) {
        await new Promise((next) => setTimeout(next)) // the pen goes first
        if (stroke !== this.stroke) return
        row.rebuild(place, this.ends, PATHS[this.data.path])
      }
    }
  }
}
