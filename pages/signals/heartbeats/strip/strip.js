// A strip of heartbeats: noise is added, and taken off by a network and a filter, while a slider moves. The filter is
// linear, so what it makes of a sum is the sum of what it makes of the parts, and these come from Python.

import { html, render } from "../../../../ui/vendor/lit-html.js"
import { Board } from "../../../../ui/board.js"
import { radios } from "../../../../ui/input/radios.js"
import { mount } from "../../../../ui/view.js"
import { decibels, seriesFrom } from "./numbers.js"
import { paintTraces, rangeOf } from "./traces.js"

const ROWS = { noisy: "Under noise", network: "Network", filter: "Band-pass filter" }
const WIDE = 620 // px; narrower screens show fewer seconds
const NARROW_SHARE = 0.4

/** @param {Component} component */
export default function (component) {
  return mount(component, ".strip", Strip, (strip) => {
    strip.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Strip extends Board {
  series = /** @type {Object<string, Float32Array>} */ ({})
  now = { person: 0, wander: 0, muscle: 0 }
  model = /** @type {any} */ (null)
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    for (const input of root.querySelectorAll("input")) {
      input.oninput = () => {
        this.now = { ...this.now, [String(input.dataset.noise)]: input.valueAsNumber }
        this.later()
      }
      input.onchange = () => this.send(this.now)
    }
    this.followSize(root)
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh || data.settings.person !== this.now.person)
      this.now = { ...data.settings }
    for (const [name, text] of Object.entries(data.series)) this.series[name] = seriesFrom(text, data.scale)
    for (const input of this.root.querySelectorAll("input")) {
      const noise = String(input.dataset.noise)
      input.max = String(data.most[noise])
      input.value = String(this.now[noise])
    }
    if (!before && data.network) {
      this.meet(data.network, (loaded) => {
        this.model = loaded
        this.root.dataset.live = "1"
      })
    }
    this.later()
  }

  choose(person) {
    this.now = { ...this.now, person }
    this.send(this.now)
    this.people()
  }

  people() {
    const choose = (person) => this.choose(person)
    const more = (person) => ({ label: `Recording ${person}` })
    render(
      radios(this.data.people, this.now.person, choose, (person) => person, more),
      this.find(".people"),
    )
  }

  /** The strip under noise, and what the two methods make of it, in millivolts. */
  made() {
    const { x, wander, muscle, filtered, filteredWander, filteredMuscle } = this.series
    const { wander: slow, muscle: fast } = this.now
    const mixed = (a, b, c) => a.map((value, i) => value + slow * b[i] + fast * c[i])
    const noisy = mixed(x, wander, muscle)
    const { range } = this.data
    const recon = this.model?.forward(noisy.map((value) => value / range + 0.5)).map((value) => (value - 0.5) * range)
    return { noisy, network: recon, filter: mixed(filtered, filteredWander, filteredMuscle) }
  }

  show() {
    this.people()
    const { x } = this.series
    const made = this.made()
    const gains = /** @type {any} */ (
      Object.fromEntries(
        Object.entries(made).map(([name, recon]) => [name, recon ? decibels(x, made.noisy, recon) : Number.NaN]),
      )
    )
    this.root.querySelector(".wander").textContent = `${this.now.wander.toFixed(2)} mV`
    this.root.querySelector(".muscle").textContent = `${this.now.muscle.toFixed(2)} mV`
    const said = (name) =>
      name === "noisy" || !Number.isFinite(gains[name])
        ? ""
        : `${gains[name] < 0 ? "\u2212" : "+"}${Math.abs(gains[name]).toFixed(1)} dB`
    render(
      Object.entries(ROWS).map(
        ([
          name,
          label,
        ]) => html`<figure data-row=${name}><figcaption><b>${label}</b><output>${said(name)}</output>${name === "noisy" ? html`<small>grey: the recording</small>` : ""}</figcaption>
          <canvas role="img" aria-label=${`${label} ${said(name)}`}></canvas></figure>`,
      ),
      this.root.querySelector(".rows"),
    )
    const share = this.root.clientWidth < WIDE ? NARROW_SHARE : 1
    const cut = (series) => series.subarray(0, Math.round(series.length * share))
    const range = rangeOf(cut(made.noisy), cut(x))
    for (const name of Object.keys(ROWS)) {
      const canvas = /** @type {HTMLCanvasElement} */ (this.root.querySelector(`figure[data-row=${name}] canvas`))
      paintTraces(canvas, cut(x), made[name] ? cut(made[name]) : null, range)
    }
    this.root.querySelector(".verdict").textContent = this.verdict(gains)
    this.counted()
  }

  verdict({ network: learnt, filter }) {
    if (!this.now.wander && !this.now.muscle) return "No noise: whatever a method changes now is its own mistake."
    if (!Number.isFinite(learnt)) return "The network is on its way."
    const ahead = learnt - filter
    if (Math.abs(ahead) < 0.5) return "Here both remove about equally much of the noise."
    const [better, by] = ahead > 0 ? ["network", ahead] : ["filter", -ahead]
    return `The ${better}'s error is ${(10 ** (by / 20)).toFixed(1)} times smaller, by ${by.toFixed(1)} dB.`
  }
}
