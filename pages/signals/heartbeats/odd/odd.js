// Eight beats of a kind, each with what a network that saw normal beats alone makes of it, and PCA: computed here.

import { html, render } from "../../../../ui/vendor/lit-html.js"
import { Board } from "../../../../ui/board.js"
import { radios } from "../../../../ui/input/radios.js"
import { mount } from "../../../../ui/view.js"
import { byPrincipal, seriesFrom, squaredError } from "../strip/numbers.js"
import { paintTraces, rangeOf } from "../strip/traces.js"

const SHOWN = 8

/** @param {Component} component */
export default function (component) {
  return mount(component, ".odd", Odd, (odd) => {
    odd.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Odd extends Board {
  now = { kind: "V", place: 0 }
  model = /** @type {any} */ (null)
  beats = /** @type {Object<string, Float32Array>} */ ({})
  mean = new Float32Array()
  axes = new Float32Array()
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    root.querySelector(".others").onclick = () => {
      const last = Math.floor(this.beats[this.now.kind].length / this.data.length / SHOWN)
      this.set({ place: (this.now.place + 1) % last })
    }
    this.followSize(root)
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) this.now = { ...data.settings }
    if (!before) {
      this.beats = Object.fromEntries(
        Object.entries(data.beats).map(([kind, text]) => [kind, seriesFrom(text, data.scale)]),
      )
      this.mean = seriesFrom(data.mean, data.scale)
      this.axes = seriesFrom(data.axes, data.axesScale)
      if (data.network) {
        this.meet(data.network, (loaded) => {
          this.model = loaded
          this.root.dataset.live = "1"
        })
      }
    }
    this.later()
  }

  set(changes) {
    this.now = { ...this.now, ...changes }
    this.send(this.now)
    this.later()
  }

  show() {
    const { kinds, length, range, limit, limitPrincipal } = this.data
    const choose = (kind) => this.set({ kind, place: 0 })
    render(
      radios(Object.keys(kinds), this.now.kind, choose, (kind) => kinds[kind]),
      this.find(".kinds"),
    )
    const all = this.beats[this.now.kind]
    const begin = this.now.place * SHOWN
    const rows = Array.from({ length: SHOWN }, (_, i) => {
      const x = all.subarray((begin + i) * length, (begin + i + 1) * length)
      const recon = this.model?.forward(x.map((value) => value / range + 0.5)).map((value) => (value - 0.5) * range)
      const error = recon ? squaredError(x, recon) : Number.NaN
      return { x, recon, error, principal: squaredError(x, byPrincipal(x, this.mean, this.axes)) }
    })
    const microvolts = (error) => (Number.isFinite(error) ? `${Math.round(1000 * Math.sqrt(error))} \u00b5V` : "")
    render(
      rows.map(
        ({ error, principal }) => html`<figure class=${error > limit ? "strange" : ""}>
          <canvas role="img" aria-label=${`A beat, off by ${microvolts(error)}${error > limit ? ", odd" : ""}`}></canvas>
          <figcaption><b>${microvolts(error)}${error > limit ? " odd" : ""}</b><span>PCA ${microvolts(principal)}</span></figcaption>
        </figure>`,
      ),
      this.root.querySelector(".beats"),
    )
    this.root.querySelectorAll(".beats canvas").forEach((canvas, i) => {
      const { x, recon } = rows[i]
      paintTraces(/** @type {HTMLCanvasElement} */ (canvas), x, recon ?? null, rangeOf(x, recon ?? x))
    })
    const strange = rows.filter(({ error }) => error > limit).length
    const byPca = rows.filter(({ principal }) => principal > limitPrincipal).length
    this.root.querySelector(".verdict").textContent = this.model
      ? `The network calls ${strange} of ${SHOWN} odd, PCA ${byPca}: an odd beat is further off than 95% of normal training beats.`
      : "The network is on its way."
    this.root.dataset.strange = String(strange)
    this.counted()
  }
}
