// The latent search in the browser: asks for news while it runs, then plays the recorded steps of all starts beside
// their energy curves. Hovering a start lights its curve, hovering a curve its start.

import { bytesFrom, digitTile, SIDE } from "../../../ui/output/picture.js"
import { outline } from "../outline.js"

const SIZE = SIDE * SIDE
const PLAYING = 5000 // ms for the whole descent
const STEP_PAUSE = 500 // ms a frame for those who asked for reduced motion
const HEIGHT = 150 // px of the chart, at least
const LOST = 10_000 // ms without an answer, after which the question is asked again
const EDGE = { left: 34, right: 8, top: 8, bottom: 20 }

const views = new WeakMap() // parentElement -> SearchView
const still = matchMedia("(prefers-reduced-motion: reduce)")
let ticks = 0 // over all mounts: a trigger counts only when its value is new

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  if (!data) return
  let view = views.get(parentElement)
  if (!view?.root.isConnected) {
    view?.close()
    view = new SearchView(parentElement)
    views.set(parentElement, view)
  }
  view.tell = setTriggerValue
  view.update(data)
  return () => setTimeout(() => view.root.isConnected || view.close()) // Streamlit may clean up while we are on screen
}

class SearchView {
  frames = /** @type {Uint8Array[]} */ ([]) // Uint8Array of all starts' pictures, one a frame
  energies = /** @type {number[][]} */ ([]) // [frame][start], in nats
  place = 0 // the frame that is shown
  playing = false
  lit = -1 // the start that is looked at
  ended = false
  tell = (/** @type {string} */ _name, /** @type {number} */ _tick) => {}
  data = /** @type {any} */ (null) // the message that `frames` came with
  tiles = /** @type {{box: HTMLElement, canvas: HTMLCanvasElement, energy: HTMLElement, reads: HTMLElement}[]} */ ([])
  curves = /** @type {SVGElement[]} */ ([])
  size = [0, 0] // px of the chart
  scale = scale([[1]], 1, [1, 1])

  /** @param {Skeleton} parentElement */
  constructor(parentElement) {
    this.root = parentElement.querySelector(".search")
    this.slider = this.root.querySelector("input")
    this.slider.oninput = () => {
      this.play(false)
      this.goTo(this.slider.valueAsNumber)
    }
    this.find(".play").onclick = () => this.play(!this.playing)
    this.find(".cancel").onclick = () => this.tell("cancel", ++ticks)
    this.find(".again").onclick = () => this.tell("again", ++ticks)
    this.chart = this.find(".curves svg")
    this.chart.onpointermove = (event) => this.light(this.nearest(event))
    this.chart.onpointerleave = () => this.light(-1)
    const starts = this.find(".starts")
    const of = (event) => this.tiles.findIndex((tile) => tile.box.contains(event.target))
    starts.onpointermove = starts.onpointerdown = starts.onfocus = (event) => this.light(of(event))
    starts.onpointerleave = () => this.light(-1)
    starts.addEventListener("focusin", (event) => this.light(of(event)))
    starts.addEventListener("focusout", () => this.light(-1))
    starts.onkeydown = (event) => this.move(event, of(event))
    this.keys = (event) => this.keyDown(event)
    document.addEventListener("keydown", this.keys)
    this.observer = new ResizeObserver(() => this.redraw())
    this.observer.observe(this.chart)
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  close() {
    this.play(false)
    this.observer.disconnect()
    clearTimeout(this.asking)
    document.removeEventListener("keydown", this.keys)
  }

  // ---- what Python says

  update(data) {
    const going = data.state === "waiting" || data.state === "running"
    if (data.question !== this.root.dataset.question) this.ended = false
    clearTimeout(this.asking) // the next question waits for the answer to this one: a slow server is not flooded
    if (going) this.asking = setTimeout(() => this.ask(), data.tick)
    else if (!this.ended) this.ask() // once more, so that the stage hears of the end
    this.ended = !going
    this.root.dataset.state = data.state
    this.root.dataset.question = data.question
    this.root.style.setProperty("--done", String(data.state === "done" ? 1 : data.step / data.steps))
    const progress = this.find(".progress")
    progress.setAttribute("aria-valuemax", data.steps)
    progress.setAttribute("aria-valuenow", data.step)
    this.find(".state").textContent = words(data)
    this.build(data)
    this.root.classList.toggle("old", data.state === "waiting" && this.frames.length > 0)
    if (data.frames) this.take(data)
    this.root.classList.toggle("empty", !data.frames && !this.frames.length)
    this.find(".transport").style.visibility = going ? "hidden" : ""
    this.find(".outcome").style.visibility = data.state === "done" ? "" : "hidden"
    if (data.state === "done") this.conclude(data)
  }

  ask() {
    if (!this.root.isConnected) return this.close()
    this.tell("tick", ++ticks)
    this.asking = setTimeout(() => this.ended || this.ask(), LOST)
  }

  build(data) {
    if (this.tiles.length === data.starts) return
    this.tiles = Array.from({ length: data.starts }, (_, i) => {
      const box = /** @type {Skeleton} */ (document.createElement("div"))
      box.className = "one"
      box.tabIndex = i ? -1 : 0
      box.setAttribute("role", "option")
      box.innerHTML = `<canvas width="${SIDE}" height="${SIDE}" role="img"></canvas><small><span></span><b></b></small>`
      return {
        box,
        canvas: box.querySelector("canvas"),
        energy: box.querySelector("span"),
        reads: box.querySelector("b"),
      }
    })
    this.find(".starts").replaceChildren(...this.tiles.map(({ box }) => box))
  }

  async take(data) {
    const name = `${data.question} ${data.state} ${data.at.at(-1)}`
    if (name === this.shown) return
    this.shown = name
    const ink = await inflate(data.frames)
    if (name !== this.shown) return // another answer has come meanwhile
    this.data = data
    const frame = data.starts * SIZE
    this.frames = data.at.map((_, i) => ink.subarray(i * frame, (i + 1) * frame))
    this.energies = data.known_nats.map((row, f) => row.map((value, i) => value + data.prior_nats[f][i]))
    this.slider.max = String(this.frames.length - 1)
    this.slider.step = "1"
    this.draw()
    this.play(false)
    this.goTo(this.frames.length - 1)
  }

  /** The curves; while the search runs only the best energy so far is here. */
  draw() {
    const { data } = this
    this.size = [this.chart.clientWidth, Math.max(HEIGHT, this.chart.clientHeight)]
    const running = data.state === "running"
    this.scale = scale(running ? data.curve.map(([, value]) => value) : this.energies, data.steps, this.size)
    if (running) {
      const [steps, values] = [0, 1].map((i) => data.curve.map((pair) => pair[i]))
      return this.lines([{ steps, values, color: data.color }])
    }
    const values = (start) => this.energies.map((row) => row[start])
    this.lines(this.tiles.map((_, i) => ({ steps: data.at, values: values(i), color: data.colors?.[i] ?? data.color })))
  }

  redraw() {
    if (!this.frames.length || this.size[0] === this.chart.clientWidth) return
    this.draw()
    this.goTo(this.place)
  }

  lines(curves) {
    const { x, y, ticks, steps } = this.scale
    const [width, height] = this.size
    this.chart.setAttribute("viewBox", `0 0 ${width} ${height}`)
    const parts = ticks.map((tick) => [
      element("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(tick), y2: y(tick) }),
      element("text", { x: EDGE.left - 6, y: y(tick) + 4, "text-anchor": "end" }, tick),
    ])
    for (const step of [0, steps / 2, steps]) {
      const anchor = step === 0 ? "start" : step === steps ? "end" : "middle"
      parts.push([element("text", { x: x(step), y: height - 4, "text-anchor": anchor }, step ? step : "step 0")])
    }
    this.curves = curves.map(({ steps, values, color }) => {
      const d = values.map((value, f) => `${f ? "L" : "M"}${x(steps[f]).toFixed(1)} ${y(value).toFixed(1)}`).join("")
      return element("path", { d, stroke: color })
    })
    this.now = element("line", { class: "now", y1: EDGE.top, y2: height - EDGE.bottom })
    this.chart.replaceChildren(...parts.flat(), ...this.curves, this.now)
  }

  conclude(data) {
    const [head, body] = [this.find(".verdict b"), this.find(".verdict span")]
    head.textContent = data.head
    body.textContent = data.body
    const { line } = outline(bytesFrom(data.mask), SIDE, SIDE)
    this.find(".answers").replaceChildren(
      ...data.answers.map((answer) => {
        const box = /** @type {Skeleton} */ (document.createElement("div"))
        box.className = `answer${answer.wrong ? " wrong" : ""}`
        box.innerHTML = `<div class="frame"><canvas width="${SIDE}" height="${SIDE}" role="img"></canvas>
          <svg class="hole" viewBox="0 0 ${SIDE} ${SIDE}" aria-hidden="true"><path d="${line}" /></svg></div>
          <div class="big"></div><div class="reads"></div><div class="more odds"></div><div class="more starts-here"></div>`
        box.querySelector("canvas").setAttribute("aria-label", answer.alt)
        digitTile(box.querySelector("canvas"), bytesFrom(answer.pixels))
        box.querySelector(".big").innerHTML = `${answer.energy} <small>nats</small>`
        if (answer.reads) box.querySelector(".reads").innerHTML = `reads <b>${answer.reads}</b>`
        box.querySelector(".odds").textContent = answer.odds
        box.querySelector(".starts-here").textContent = answer.starts
        box.onpointerenter = () => this.light(answer.row)
        box.onpointerleave = () => this.light(-1)
        return box
      }),
    )
  }

  // ---- where we are

  goTo(place) {
    this.place = Math.min(this.frames.length - 1, Math.max(0, place))
    const { data } = this
    const at = Math.round(this.place)
    const energies = this.energies[at]
    const lowest = energies.indexOf(Math.min(...energies))
    this.tiles.forEach(({ box, canvas, energy, reads }, i) => {
      digitTile(canvas, this.frames[at].subarray(i * SIZE, (i + 1) * SIZE))
      energy.textContent = energies[i].toFixed(0)
      const final = data.state === "done" && at === this.frames.length - 1 && data.reads
      reads.replaceChildren(...(final ? [dot(data.colors[i]), String(data.reads[i])] : []))
      box.classList.toggle("lowest", i === lowest)
      const read = data.reads ? `, ends as a ${data.reads[i]}` : ""
      canvas.setAttribute("aria-label", `Start ${i + 1} at step ${data.at[at]}: ${energies[i].toFixed(0)} nats${read}`)
    })
    this.slider.valueAsNumber = this.place
    this.slider.setAttribute("aria-valuetext", `step ${data.at[at]}`)
    this.find("output").textContent = `step ${data.at[at]}`
    const x = this.scale.x(data.at[at])
    this.now.setAttribute("x1", x)
    this.now.setAttribute("x2", x)
    this.chart.setAttribute(
      "aria-label",
      `Energy of ${data.starts} searches by step; lowest now ${energies[lowest].toFixed(1)} nats`,
    )
    this.explain(at, lowest)
  }

  /** The energy and its two terms: of the start that is looked at, or of the lowest. */
  explain(at, lowest) {
    const { data, lit } = this
    const start = lit >= 0 ? lit : lowest
    const [known, prior] = [data.known_nats[at][start], data.prior_nats[at][start]]
    const name = document.createElement("b")
    name.textContent = lit >= 0 ? `Start ${start + 1}` : `Lowest, start ${start + 1}`
    const guess = start < Math.ceil(data.starts / 4) // see aecore.restore.energy.descend
    const from = guess
      ? "Begun at the encoder's guess, it seeks the minimum."
      : "It stays near its own draw from the prior."
    const terms = `: ${(known + prior).toFixed(1)} nats = ${known.toFixed(1)} for the known pixels + ${prior.toFixed(1)} for the prior. ${from}`
    this.find(".tell").replaceChildren(name, terms)
  }

  light(start) {
    if (start === this.lit || !this.frames.length) return
    this.lit = start
    const whole = this.curves.length === this.tiles.length
    this.root.classList.toggle("lighting", start >= 0)
    this.tiles.forEach(({ box }, i) => box.classList.toggle("lit", i === start))
    this.tiles.forEach(({ box }, i) => box.setAttribute("aria-selected", String(i === start)))
    if (whole) this.curves.forEach((curve, i) => curve.classList.toggle("lit", i === start))
    if (whole && start >= 0) this.curves[start].after(this.curves[start])
    const at = Math.round(this.place)
    this.explain(at, this.energies[at].indexOf(Math.min(...this.energies[at])))
  }

  /** The start whose curve is nearest to the pointer. */
  nearest(event) {
    if (this.curves.length !== this.tiles.length || this.energies.length < 2) return -1
    const box = this.chart.getBoundingClientRect()
    const [px, py] = [event.clientX - box.left, event.clientY - box.top]
    const steps = this.data.at.map((step) => Math.abs(this.scale.x(step) - px))
    const row = this.energies[steps.indexOf(Math.min(...steps))]
    const far = row.map((value) => Math.abs(this.scale.y(value) - py))
    const closest = Math.min(...far)
    return closest < 24 ? far.indexOf(closest) : -1
  }

  move(event, from) {
    const columns = 8
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key]
    const next = step && this.tiles[from + step]
    if (!next) return
    event.preventDefault()
    this.tiles[from].box.tabIndex = -1
    next.box.tabIndex = 0
    next.box.focus()
  }

  // ---- playing

  play(playing) {
    if (playing && this.frames.length < 2) return
    this.playing = playing
    const button = this.find(".play")
    button.setAttribute("aria-label", playing ? "Pause" : "Play")
    button.title = playing ? "Pause (space)" : "Play (space)"
    button.classList.toggle("on", playing)
    if (!playing) return
    if (this.place >= this.frames.length - 1) this.goTo(0)
    this.last = null
    requestAnimationFrame((time) => this.advance(time))
  }

  advance(time) {
    if (!this.playing || !this.root.isConnected) return
    this.last ??= time
    const pace = still.matches ? STEP_PAUSE : PLAYING / this.frames.length
    const frames = (time - this.last) / pace
    if (frames >= (still.matches ? 1 : 0)) {
      this.last = time
      this.goTo(this.place + (still.matches ? 1 : frames))
    }
    if (this.place >= this.frames.length - 1) return this.play(false)
    requestAnimationFrame((next) => this.advance(next))
  }

  /** Space plays and pauses: in the component, and on the page while it plays. */
  keyDown(event) {
    if (event.key !== " " || event.defaultPrevented || event.repeat) return
    const path = event.composedPath()
    const button = path.find((node) => node.localName === "button")
    if (!path.includes(this.root) && !(this.playing && path[0] === document.body)) return
    if (button && !button.classList.contains("play")) return
    event.preventDefault()
    if (button) button.blur() // else the button would click, too, when the key rises
    this.play(!this.playing)
  }
}

function words({ state, step, steps, starts, seconds, problem, waits }) {
  if (state === "waiting") return waits ? `${waits}.` : "The search begins when the mask rests."
  if (state === "running") return `${starts} searches at once, step ${step} of ${steps}`
  if (state === "cancelled") return step ? `Cancelled at step ${step} of ${steps}.` : "Cancelled."
  if (state === "failed") return problem
  return `${starts} searches of ${steps} steps took ${seconds} s.`
}

/** From steps and nats to places in the chart; nats on a logarithmic scale. @param {number[]} size  px */
function scale(energies, steps, size) {
  const [width, height] = size
  const all = energies.flat().filter(Number.isFinite)
  const [low, high] = [Math.max(1, Math.min(...all)) * 0.94, Math.max(2, ...all) * 1.04]
  const span = Math.log(high / low)
  const nice = [5, 10, 20, 50, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000]
  return {
    steps,
    ticks: nice.filter((tick) => tick > low && tick < high),
    x: (step) => EDGE.left + (step / steps) * (width - EDGE.left - EDGE.right),
    y: (value) => EDGE.top + (1 - Math.log(Math.max(1, value) / low) / span) * (height - EDGE.top - EDGE.bottom),
  }
}

function dot(color) {
  const made = document.createElement("i")
  made.style.setProperty("--class", color)
  return made
}

function element(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  return made
}

async function inflate(base64) {
  const stream = new Blob([bytesFrom(base64)]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
