// A minute of heartbeats: the truth as a broad line, what comes back from the bytes as a thin one over it. The server
// encodes and decodes; dragging the step asks it by an address of its own, without a run of the page.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { bytesFrom, contextOf } from "../../../ui/output/picture.js"
import { Board } from "../../../ui/board.js"
import { mount } from "../../../ui/view.js"

const PAUSE = 100 // ms between two questions

/** @param {Component} component */
export default function (component) {
  return mount(component, ".heartbeat", Strip, (view) => {
    view.send = (setting) => component.setStateValue("setting", setting)
  })
}

class Strip extends Board {
  setting = { record: 0, step: 0, begin: 0 }
  shown = /** @type {any} */ (null) // what the server said last
  asking = false
  send = (/** @type {object} */ _setting) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.select = root.querySelector("select")
    const [step, begin] = root.querySelectorAll("input")
    this.step = step
    this.begin = begin
    this.select.onchange = () => this.set({ record: Number(this.select.value) })
    this.step.oninput = () => this.set({ step: this.data.steps[this.step.valueAsNumber] }, false)
    this.begin.oninput = () => this.set({ begin: this.begin.valueAsNumber }, false)
    this.step.onchange = this.begin.onchange = () => this.send(this.setting)
    this.followSize(root)
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) this.setting = data.setting
    if (!this.shown || same(data.shown, this.setting)) this.shown = data.shown
    const option = ({ record, title }) => html`<option value=${record}>${title}</option>`
    render(data.people.map(option), this.select)
    this.later()
  }

  set(change, tell = true) {
    this.setting = { ...this.setting, ...change }
    if (tell) this.send(this.setting)
    this.later()
  }

  /** Asks for what is not shown yet; while one question is under way the next waits, so that the last one wins. */
  async ask() {
    if (this.asking || same(this.shown, this.setting) || !this.data.answers) return
    this.asking = true
    const { record, step } = this.setting
    try {
      const answer = await fetch(new URL(this.data.answers, location.href), {
        method: "POST",
        body: JSON.stringify({ record, step }),
      })
      if (answer.ok) this.shown = await answer.json()
      await new Promise((next) => setTimeout(next, PAUSE))
    } catch {
      await new Promise((next) => setTimeout(next, 10 * PAUSE)) // not reached
    }
    this.asking = false
    if (this.root.isConnected) this.later()
  }

  show() {
    const { steps, rate, seconds, wide, ratio } = this.data
    const { record, step, begin } = this.setting
    this.select.value = String(record)
    this.step.max = String(steps.length - 1)
    this.step.valueAsNumber = steps.indexOf(step)
    this.begin.max = String(seconds - wide)
    this.begin.valueAsNumber = begin
    const volt = `${(step / 10).toLocaleString("en")} mV`
    const [stepSaid, beginSaid] = /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("output"))
    stepSaid.textContent = volt
    beginSaid.textContent = String(begin)
    this.step.setAttribute("aria-valuetext", volt)
    const truth = wave(this.shown.truth)
    const way = ({ title, size, prd }) => html`<figure>
      <figcaption><b>${title}</b> <b>${size.toLocaleString("en")} bytes</b>
        <span>${Math.round(ratio / size)} × smaller, PRD ${prd.toFixed(1)}%</span></figcaption>
      <canvas role="img" aria-label=${`${title}: ${size} bytes for a minute, PRD ${prd.toFixed(1)} percent`}></canvas>
    </figure>`
    render(this.shown.ways.map(way), this.find(".ways"))
    const part = (line) => line.subarray(begin * rate, (begin + wide) * rate)
    this.root.querySelectorAll("canvas").forEach((canvas, i) => {
      paint(/** @type {HTMLCanvasElement} */ (canvas), part(truth), part(wave(this.shown.ways[i].recon)), rate)
    })
    this.find(".verdict").textContent = this.shown.verdict
    this.root.dataset.shown = `${this.shown.record}-${this.shown.step}`
    this.ask()
  }
}

const same = (shown, { record, step }) => shown?.record === record && shown?.step === step
const wave = (text) => new Int16Array(bytesFrom(text).buffer)

function paint(canvas, truth, recon, rate) {
  const scale = devicePixelRatio
  const [width, height] = [canvas.clientWidth || 600, canvas.clientHeight || 150]
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) })
  const ctx = contextOf(canvas)
  ctx.scale(scale, scale)
  const style = getComputedStyle(canvas)
  const low = truth.reduce((a, b) => Math.min(a, b))
  const high = truth.reduce((a, b) => Math.max(a, b))
  const margin = 0.12 * (high - low) + 1
  const x = (i) => (i / (truth.length - 1)) * width
  const y = (value) => height * (1 - (value - low + margin) / (high - low + 2 * margin))
  ctx.strokeStyle = style.color
  ctx.globalAlpha = 0.12 // seconds
  ctx.lineWidth = 1
  for (let i = 0; i <= truth.length; i += rate)
    line(ctx, [
      [x(i), 0],
      [x(i), height],
    ])
  ctx.lineJoin = "round"
  ctx.globalAlpha = 0.3
  ctx.lineWidth = 5
  line(
    ctx,
    Array.from(truth, (value, i) => [x(i), y(value)]),
  )
  ctx.globalAlpha = 1
  ctx.strokeStyle = style.getPropertyValue("--st-primary-color")
  ctx.lineWidth = 1.5
  line(
    ctx,
    Array.from(recon, (value, i) => [x(i), y(value)]),
  )
}

function line(ctx, points) {
  ctx.beginPath()
  for (const [x, y] of points) ctx.lineTo(x, y)
  ctx.stroke()
}
