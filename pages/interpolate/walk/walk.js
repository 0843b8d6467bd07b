// A walk: rows of pictures, and the place between them that the slider says, decoded every frame by the networks in
// this browser. Nothing is sent to the server but where the slider rests, and which end is to be changed.
// A row's mode says what lies between its steps: "fade" from picture a to picture b; "path" from code a to code b;
// "knots", straight from code to code; "through", a network's answer to the fade; "steps", nothing, only the steps.

import { normalizeDrawing } from "../../../ui/input/digit.js"
import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { PATHS } from "./paths.js"
import { withNetwork } from "../../../ui/live/store.js"
import { Rests } from "../../../ui/output/below/rests.js"
import { digitsFrom, paintDigit } from "../../../ui/output/tiles.js"
import { WalkRow } from "./row.js"
import { mount } from "../../../ui/view.js"

const CROSSING = 4000 // ms from A to B when playing
const STEP_PAUSE = 700 // ms a step for those who asked for reduced motion, and where there is nothing between steps
const KEY_STEP = 0.05 // of the way, by an arrow key
const FINE_STEP = 0.01 // with Shift
const VERDICTS = 8 // ms of a frame for the judge
const REST = 700 // ms until the address follows the place
const PENCIL =
  "M3 17.2V21h3.8L17.8 9.9l-3.7-3.7L3 17.2zM20.7 7a1 1 0 0 0 0-1.4l-2.3-2.3a1 1 0 0 0-1.4 0l-1.8 1.8 3.7 3.7L20.7 7z"

const still = matchMedia("(prefers-reduced-motion: reduce)")

/** @param {Component} component */
export default function (component) {
  return mount(component, ".walk", WalkView, (view) => {
    view.change = (end) => component.setTriggerValue("change", end)
    view.tellPlace = (t) => component.setTriggerValue("place", t)
  })
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
  turn = 0 // whose verdict is computed next
  told = -1 // what this view has said of t
  given = -1 // what Python has said of it
  change = (/** @type {string} */ _end) => {}
  tellPlace = (/** @type {number} */ _t) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.rests = new Rests(root)
    this.slider = this.root.querySelector("input")
    this.slider.oninput = () => {
      this.play(false) // the hand holds it
      this.goTo(this.slider.valueAsNumber)
    }
    this.slider.onpointerdown = () => this.play(false)
    this.slider.onkeydown = (event) => this.sliderKey(event)
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
    clearTimeout(this.placeTimer)
    document.removeEventListener("keydown", this.keys)
    document.removeEventListener("pad:ink", this.ink)
  }

  // ---- what Python says

  update(data) {
    if (data.keeps) this.rests.shows(data.version) // the stage of the page; other walks stand below it
    this.data = data
    // at first, and where the visitor goes back in the history; an answer that is late says what is known already
    const other = data.keeps && data.start !== this.given && data.start !== this.told
    if (this.t < 0 || other) this.t = this.told = data.start
    this.given = data.start
    const late = ({ pad, seq }) => pad && seq < (this.seen[pad] ?? 0)
    if (this.drawing || data.ends.some(late)) return // the browser is ahead; Python's last word comes in a moment
    this.stroke = null
    const layout = JSON.stringify([
      data.rows.map(({ id, label, color, network }) => [id, label, color, network]),
      data.steps,
      data.changes,
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
    const figures = this.rows.map((row) => row.figure())
    const ends = this.data.changes ? this.data.labels.map((label, side) => this.end(label, side)) : []
    render(html`${ends[0] ?? nothing}${figures}${ends[1] ?? nothing}`, this.find(".now"))
    render([...strips, html`<div class="playhead"></div>`], this.find(".rows"))
    const large = this.root.querySelectorAll(".way canvas")
    const strip = this.root.querySelectorAll(".row")
    this.rows.forEach((row, i) => {
      row.canvas = large[i]
      row.tiles = [...strip[i].querySelectorAll("canvas")]
    })
  }

  /** An end as a tile: a press opens, or closes, the place where it is drawn or picked. */
  end(label, side) {
    return html`<figure class=${side ? "last" : "first"}>
      <button type="button" class="end" aria-expanded=${this.data.changing === label}
        @click=${() => this.change(label)}>
        <canvas width="28" height="28"></canvas>
        <u><svg viewBox="0 0 24 24" aria-hidden="true"><path d=${PENCIL} /></svg><span>Change <b>${label}</b></span></u>
      </button>
    </figure>`
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
      withNetwork(
        row.data.network.sha256,
        (loaded) => {
          row.network = loaded
          ready()
        },
        (why) => {
          row.problem = why
          ready()
        },
      )
    }
    if (this.data.judge)
      withNetwork(this.data.judge.sha256, (loaded) => {
        this.judge = loaded
        this.refresh()
      })
    ready()
  }

  describe() {
    const [from, to] = this.data.labels
    this.slider.setAttribute("aria-label", `Place between ${from} and ${to}`)
    this.find(".from").textContent = from
    this.find(".to").textContent = to
    // between steps that are only pictures there is nothing to stand at
    this.snaps = this.data.rows.some(({ mode }) => mode === "steps")
    this.slider.step = this.snaps ? String(1 / (this.data.steps - 1)) : "0.001"
  }

  /** Arrow keys go a twentieth of the way, with Shift a hundredth; where the walk has only steps, a step. */
  sliderKey(event) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    this.play(false)
    this.goTo(this.t + way * (this.snaps ? 1 / (this.data.steps - 1) : event.shiftKey ? FINE_STEP : KEY_STEP))
  }

  // ---- where we are

  goTo(t) {
    this.t = Math.min(1, Math.max(0, t))
    if (this.snaps) this.t = Math.round(this.t * (this.data.steps - 1)) / (this.data.steps - 1)
    this.refresh()
    this.keepPlace()
  }

  /** The address follows once the walk stands still. */
  keepPlace() {
    clearTimeout(this.placeTimer)
    if (!this.data.keeps) return
    this.placeTimer = setTimeout(() => {
      const t = Number(this.t.toFixed(2))
      if (this.playing || t === this.told || !this.root.isConnected) return
      this.told = t
      this.tellPlace(t)
    }, REST)
  }

  scrub(event) {
    if (event.buttons === 0) return
    this.play(false)
    const [first, last] = [0, -1].map((place) => this.rows[0].tiles.at(place)?.getBoundingClientRect())
    if (first && last) this.goTo((event.clientX - first.left - first.width / 2) / (last.left - first.left))
  }

  play(playing) {
    if (playing === this.playing) return
    this.playing = playing
    this.last = null
    const button = this.find(".play")
    button.setAttribute("aria-label", playing ? "Pause" : "Play")
    button.title = playing ? "Pause (space)" : "Play (space)"
    button.classList.toggle("on", playing)
    if (!playing) return this.keepPlace()
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
    const byStep = still.matches || this.snaps
    this.last ??= time
    const passed = time - this.last
    if (byStep && passed < STEP_PAUSE) return
    const step = byStep ? 1 / (this.data.steps - 1) : passed / CROSSING
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
    for (const row of this.rows) row.show(t, this.ends, PATHS[this.data.path])
    const where = this.snaps ? this.rows[0].note : `${Math.round(100 * t)}%`
    this.slider.setAttribute("aria-valuetext", this.snaps ? where : `${where} of the way`)
    this.find("output").textContent = where
    this.root.querySelectorAll(".end canvas").forEach((canvas, side) => paintDigit(canvas, this.ends[side]))
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

  /** The judge reads as many rows as a frame has time for; the rest when the walk stands still. */
  verdict() {
    const end = performance.now() + VERDICTS
    for (let n = 0; n < this.rows.length && (!n || performance.now() < end); n++) {
      this.rows[this.turn++ % this.rows.length].read(this.judge)
    }
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

  drawn(detail) {
    const { key, seq, final, raster } = detail
    const side = this.data.ends.findIndex(({ pad }) => pad === key)
    if (side < 0 || this.rows.some(({ data, network }) => data.network && !network)) return
    this.drawing = !final
    detail.followed = true
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
