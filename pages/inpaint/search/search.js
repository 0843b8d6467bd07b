// The latent search in the browser: asks for news while it runs, then plays the recorded steps of all starts beside
// their energy curves. Hovering a start lights its curve, hovering a curve its start.

import { html, nothing, render, svg } from "../../../ui/vendor/lit-html.js"
import { arrowKey, oneStop } from "../../../ui/input/arrows.js"
import { aDigit } from "../../../ui/output/article.js"
import { bytesFrom, digitTile, SIDE } from "../../../ui/output/picture.js"
import { outline } from "../outline.js"
import { mount } from "../../../ui/view.js"

const SIZE = SIDE * SIDE
const PLAYING = 5000 // ms for the whole descent
const STEP_PAUSE = 500 // ms a frame for those who asked for reduced motion
const HEIGHT = 150 // px of the chart, at least
const LOST = 10_000 // ms without an answer, after which the question is asked again
const COLUMNS = 8 // of starts
const EDGE = { left: 34, right: 8, top: 8, bottom: 20 }

const HOLLOW = html`<div class="outcome hollow" aria-hidden="true">
  <div class="verdict"></div>
  <div class="answers"><div class="answer"></div><div class="answer"></div><div class="answer"></div></div>
</div>` // as large as what will come
const still = matchMedia("(prefers-reduced-motion: reduce)")
let ticks = 0 // over all mounts: a trigger counts only when its value is new

/** @param {Component} component */
export default function (component) {
  return mount(component, ".search", SearchView, (view) => {
    view.tell = component.setTriggerValue
  })
}

class SearchView {
  news = /** @type {any} */ (null) // Python's last message
  data = /** @type {any} */ (null) // the message that `frames` came with
  done = /** @type {any} */ (null) // the last message of a search that has ended well
  frames = /** @type {Uint8Array[]} */ ([]) // Uint8Array of all starts' pictures, one a frame
  energies = /** @type {number[][]} */ ([]) // [frame][start], in nats
  place = 0 // the frame that is shown
  playing = false
  lit = -1 // the start that is looked at
  ended = false
  tell = (/** @type {string} */ _name, /** @type {number} */ _tick) => {}
  curves = /** @type {{path: string, color: string}[]} */ ([])
  size = [0, HEIGHT] // px of the chart
  scale = scale([[1]], 1, [1, 1])

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.keys = (event) => this.keyDown(event)
    document.addEventListener("keydown", this.keys)
    this.observer = new ResizeObserver(() => this.resize())
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
    if (data.question !== this.news?.question) this.ended = false
    clearTimeout(this.asking) // the next question waits for the answer to this one: a slow server is not flooded
    if (going) this.asking = setTimeout(() => this.ask(), data.tick)
    else if (!this.ended) this.ask() // once more, so that the stage hears of the end
    this.ended = !going
    this.news = data
    if (data.state === "done") this.done = { ...data, line: outline(bytesFrom(data.mask), SIDE, SIDE).line }
    if (data.frames) this.receive(data)
    this.show()
    this.observer.observe(this.chart())
  }

  ask() {
    if (!this.root.isConnected) return this.close()
    this.tell("tick", ++ticks)
    this.asking = setTimeout(() => this.ended || this.ask(), LOST)
  }

  async receive(data) {
    const name = `${data.question} ${data.state} ${data.at.at(-1)}`
    if (name === this.received) return
    this.received = name
    const ink = await inflate(data.frames)
    if (name !== this.received) return // another answer has come meanwhile
    this.data = data
    const frame = data.starts * SIZE
    this.frames = data.at.map((_, i) => ink.subarray(i * frame, (i + 1) * frame))
    this.energies = data.known_nats.map((row, f) => row.map((value, i) => value + data.prior_nats[f][i]))
    this.playing = false
    this.draw()
    this.goTo(this.frames.length - 1)
  }

  /** The curves; while the search runs only the best energy so far is here. */
  draw() {
    const { data, energies } = this
    const chart = this.chart()
    this.size = [chart.clientWidth, Math.max(HEIGHT, chart.clientHeight)]
    const running = data.state === "running"
    this.scale = scale(running ? data.curve.map(([, value]) => value) : energies, data.steps, this.size)
    const { x, y } = this.scale
    const path = (points) =>
      points.map(([step, value], f) => `${f ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("")
    const start = (_, i) => {
      const points = energies.map((row, f) => [data.at[f], row[i]])
      return { path: path(points), color: data.colors?.[i] ?? data.color }
    }
    this.curves = running ? [{ path: path(data.curve), color: data.color }] : energies[0].map(start)
  }

  resize() {
    if (!this.frames.length || this.size[0] === this.chart().clientWidth) return
    this.draw()
    this.show()
  }

  chart() {
    return this.root.querySelector(".curves svg")
  }

  starts() {
    return [...this.root.querySelectorAll(".one")]
  }

  // ---- what stands on the screen

  show() {
    const { news, frames } = this
    this.root.dataset.state = news.state
    this.root.dataset.question = news.question
    this.root.style.setProperty("--done", String(news.state === "done" ? 1 : news.step / news.steps))
    this.root.classList.toggle("old", news.state === "waiting" && frames.length > 0)
    this.root.classList.toggle("empty", !news.frames && !frames.length)
    this.root.classList.toggle("lighting", this.lit >= 0)
    render(this.template(), this.root)
    oneStop(this.starts())
    const ink = frames[Math.round(this.place)]
    this.paint(".one", (i) => ink?.subarray(i * SIZE, (i + 1) * SIZE))
    this.paint(".answer:has(canvas)", (i) => bytesFrom(this.done.answers[i].pixels))
  }

  paint(boxes, pixelsOf) {
    this.root.querySelectorAll(boxes).forEach((box, i) => {
      const pixels = pixelsOf(i)
      if (pixels) digitTile(box.querySelector("canvas"), pixels)
    })
  }

  template() {
    const { news, frames, place, playing } = this
    const going = news.state === "waiting" || news.state === "running"
    const now = frames.length ? this.now() : null
    const shown = (visible) => (visible ? "" : "visibility: hidden")
    const start = (event) => this.starts().indexOf(event.target.closest?.(".one"))
    return html`<div class="bar">
        <div class="progress" role="progressbar" aria-label="Latent search" aria-valuemin="0"
          aria-valuemax=${news.steps} aria-valuenow=${news.step}><i></i></div>
        <span class="state" role="status">${words(news)}</span>
        <button class="plain cancel" type="button" @click=${() => this.tell("cancel", ++ticks)}>Cancel</button>
        <button class="plain again" type="button" @click=${() => this.tell("again", ++ticks)}>Search again</button>
      </div>
      <div class="stage">
        <div class="starts" role="listbox" aria-label="Starts of the search"
          @pointermove=${(event) => this.light(start(event))} @pointerdown=${(event) => this.light(start(event))}
          @pointerleave=${() => this.light(-1)} @focusin=${(event) => this.light(start(event))}
          @focusout=${() => this.light(-1)} @keydown=${(event) => arrowKey(event, this.starts(), COLUMNS)}>
          ${Array.from({ length: news.starts }, (_, i) => this.start(i, now))}
        </div>
        <div class="curves">
          <div class="axis">Energy in nats, lower is better</div>
          <svg role="img" viewBox=${`0 0 ${this.size.join(" ")}`} aria-label=${now?.about ?? nothing}
            @pointermove=${(event) => this.light(this.nearest(event))} @pointerleave=${() => this.light(-1)}>
            ${now ? this.lines(now) : nothing}
          </svg>
          <div class="tell">${now ? this.explain(now) : nothing}</div>
        </div>
      </div>
      <div class="transport" style=${shown(!going)}>
        <button class=${playing ? "play on" : "play"} type="button" aria-label=${playing ? "Pause" : "Play"}
          title=${playing ? "Pause (space)" : "Play (space)"} @click=${() => this.play(!playing)}>
          <svg class="start" viewBox="0 0 24 24"><path d="M8 5v14l11-7z" /></svg>
          <svg class="pause" viewBox="0 0 24 24"><path d="M6 5h4v14H6zM14 5h4v14h-4z" /></svg>
        </button>
        <input type="range" min="0" step="1" aria-label="Step of the descent" aria-valuetext=${now?.step ?? nothing}
          .max=${String(Math.max(1, frames.length - 1))} .value=${String(Math.round(place))}
          @input=${(event) => this.seek(event.target.valueAsNumber)} /><output>${now?.step}</output>
      </div>
      ${going ? HOLLOW : html`<div class="outcome" style=${shown(news.state === "done")}>${this.done ? this.outcome() : nothing}</div>`}`
  }

  /** What is so at the frame that is shown. */
  now() {
    const { data } = this
    const at = Math.round(this.place)
    const energies = this.energies[at]
    const lowest = energies.indexOf(Math.min(...energies))
    const about = `Energy of ${data.starts} searches by step; lowest now ${energies[lowest].toFixed(1)} nats`
    return { at, energies, lowest, about, step: `step ${data.at[at]}` }
  }

  start(i, now) {
    const { data, lit } = this
    const read = data?.reads ? `, ends as ${aDigit(data.reads[i])}` : ""
    const about = now ? `Start ${i + 1} at ${now.step}: ${now.energies[i].toFixed(0)} nats${read}` : `Start ${i + 1}`
    const final = data?.state === "done" && now?.at === this.frames.length - 1 && data.reads
    const classes = ["one", i === lit && "lit", i === now?.lowest && "lowest"].filter(Boolean).join(" ")
    const dot = () => html`<i style=${`--class: ${data.colors[i]}`}></i>`
    return html`<div class=${classes} role="option" aria-selected=${i === lit}>
      <canvas width=${SIDE} height=${SIDE} role="img" aria-label=${about}></canvas>
      <small><span>${now?.energies[i].toFixed(0)}</span><b>${final ? [dot(), data.reads[i]] : nothing}</b></small>
    </div>`
  }

  lines({ at }) {
    const { x, y, ticks, steps } = this.scale
    const [width, height] = this.size
    const nats = (tick) => svg`<line x1=${EDGE.left} x2=${width - EDGE.right} y1=${y(tick)} y2=${y(tick)} />
      <text x=${EDGE.left - 6} y=${y(tick) + 4} text-anchor="end">${tick}</text>`
    const step = (value) => {
      const anchor = value === 0 ? "start" : value === steps ? "end" : "middle"
      return svg`<text x=${x(value)} y=${height - 4} text-anchor=${anchor}>${value || "step 0"}</text>`
    }
    const lit = this.curves.length > 1 ? this.lit : -1
    const curve = (i) =>
      svg`<path class=${i === lit ? "lit" : ""} d=${this.curves[i].path} stroke=${this.curves[i].color} />`
    const order = [...this.curves.keys()].sort((a, b) => Number(a === lit) - Number(b === lit)) // the lit one on top
    const here = x(this.data.at[at])
    return svg`${ticks.map(nats)}${[0, steps / 2, steps].map(step)}${order.map(curve)}
      <line class="now" x1=${here} x2=${here} y1=${EDGE.top} y2=${height - EDGE.bottom} />`
  }

  /** The energy and its two terms: of the start that is looked at, or of the lowest. */
  explain({ at, lowest }) {
    const { data, lit } = this
    const start = lit >= 0 ? lit : lowest
    const [known, prior] = [data.known_nats[at][start], data.prior_nats[at][start]]
    const guess = start < Math.ceil(data.starts / 4) // see aecore.restore.energy.descend
    const from = guess ? "It started from the encoder's guess." : "It started from a random code and stays near it."
    return html`<b>${lit >= 0 ? `Start ${start + 1}` : `Lowest, start ${start + 1}`}</b>: ${(known + prior).toFixed(1)}
      nats = ${known.toFixed(1)} for the known pixels + ${prior.toFixed(1)} for the prior. ${from}`
  }

  outcome() {
    const { head, body, line, answers } = this.done
    const answer = ({ row, wrong, alt, energy, reads, odds, starts }) =>
      html`<div class=${wrong ? "answer wrong" : "answer"}
        @pointerenter=${() => this.light(row)} @pointerleave=${() => this.light(-1)}>
        <div class="frame">
          <canvas width=${SIDE} height=${SIDE} role="img" aria-label=${alt}></canvas>
          <svg class="hole" viewBox=${`0 0 ${SIDE} ${SIDE}`} aria-hidden="true"><path d=${line} /></svg>
        </div>
        <div class="big">${energy} <small>nats</small></div>
        <div class="reads">${reads ? html`reads <b>${reads}</b>` : nothing}</div>
        <div class="more">${odds}</div>
        <div class="more">${starts}</div>
      </div>`
    return html`<div class="verdict" aria-live="polite"><b>${head}</b><span>${body}</span></div>
      <div class="answers">${answers.map(answer)}</div>`
  }

  // ---- where we are

  /** To a frame, by the visitor's hand. */
  seek(place) {
    this.playing = false
    this.goTo(place)
  }

  goTo(place) {
    this.place = Math.min(this.frames.length - 1, Math.max(0, place))
    this.show()
  }

  light(start) {
    if (start === this.lit || !this.frames.length) return
    this.lit = start
    this.show()
  }

  /** The start whose curve is nearest to the pointer. */
  nearest(event) {
    if (this.curves.length < 2 || this.energies.length < 2) return -1
    const box = this.chart().getBoundingClientRect()
    const [px, py] = [event.clientX - box.left, event.clientY - box.top]
    const steps = this.data.at.map((step) => Math.abs(this.scale.x(step) - px))
    const row = this.energies[steps.indexOf(Math.min(...steps))]
    const far = row.map((value) => Math.abs(this.scale.y(value) - py))
    const closest = Math.min(...far)
    return closest < 24 ? far.indexOf(closest) : -1
  }

  // ---- playing

  play(playing) {
    if (playing && this.frames.length < 2) return
    this.playing = playing
    if (this.news) this.show()
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
  const nice = [5, 10, 15, 20, 30, 50, 70, 100, 120, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000]
  return {
    steps,
    ticks: nice.filter((tick) => tick > low && tick < high),
    x: (step) => EDGE.left + (step / steps) * (width - EDGE.left - EDGE.right),
    y: (value) => EDGE.top + (1 - Math.log(Math.max(1, value) / low) / span) * (height - EDGE.top - EDGE.bottom),
  }
}

async function inflate(base64) {
  const stream = new Blob([bytesFrom(base64)]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
