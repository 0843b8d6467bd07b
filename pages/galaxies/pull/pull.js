// The directions in which codes of galaxies differ most, as sliders: what is decoded follows the hand.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { LateView } from "../../../ui/late_view.js"
import { network } from "../../../ui/live/store.js"
import { galaxyPicture } from "../../../ui/output/galaxy.js"
import { bytesFrom, paintPicture } from "../../../ui/output/picture.js"
import { skyAt } from "../sky.js"
import { mount } from "../../../ui/view.js"

const MOST = 3 // standard deviations

/** @param {Component} component */
export default function (component) {
  return mount(component, ".pull", Pull)
}

class Pull extends LateView {
  decoder = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  sorter = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  sky = /** @type {?import("../sky.js").Sky} */ (null)
  mean = new Float32Array(0)
  axes = /** @type {Float32Array[]} */ ([])
  code = new Float32Array(0) // before it is pulled
  start = /** @type {number[]} */ ([]) // its place along each direction
  places = /** @type {number[]} */ ([]) // standard deviations, as the sliders say
  galaxy = -1

  begin() {
    const { data } = this
    const floats = (text) => new Float32Array(bytesFrom(text).buffer)
    this.mean = floats(data.mean)
    const axes = floats(data.axes)
    this.axes = data.spread.map((_, k) => axes.subarray(k * this.mean.length, (k + 1) * this.mean.length))
    this.set(this.mean, -1)
  }

  async load() {
    const { networks, sky } = this.data
    const parts = [
      network(networks.decoder).then((loaded) => (this.decoder = loaded)),
      network(networks.classifier).then((loaded) => (this.sorter = loaded)),
      skyAt(sky).then((loaded) => (this.sky = loaded)),
    ]
    await Promise.all(parts.map((part) => part.then(() => this.later())))
  }

  /** Begins anew at a code. */
  set(code, galaxy) {
    this.code = code
    this.galaxy = galaxy
    this.start = this.axes.map((axis, k) => {
      return axis.reduce((sum, value, i) => sum + value * (code[i] - this.mean[i]), 0) / this.data.spread[k]
    })
    this.places = [...this.start]
    this.later()
  }

  another() {
    const test = this.sky?.galaxies.filter(({ test, id }) => test && id !== this.galaxy) ?? []
    const galaxy = test[Math.floor(Math.random() * test.length)]
    if (galaxy) this.set(galaxy.code, galaxy.id)
  }

  pulled() {
    const z = this.code.slice()
    this.axes.forEach((axis, k) => {
      const far = (this.places[k] - this.start[k]) * this.data.spread[k]
      for (let i = 0; i < z.length; i++) z[i] += far * axis[i]
    })
    return z
  }

  show() {
    render(
      html`<button type="button" @click=${() => this.set(this.mean, -1)}>Mean galaxy</button>
        <button type="button" class="another" ?disabled=${!this.sky} @click=${() => this.another()}>Another galaxy</button>
        <button type="button" class="back" @click=${() => this.set(this.code, this.galaxy)}>Let go</button>`,
      this.root.querySelector(".tools"),
    )
    const slider = ({ title, note }, k) => html`<label><span><b>${title}</b> ${note}</span>
      <input type="range" min=${-MOST} max=${MOST} step="0.02" .valueAsNumber=${this.places[k]}
        aria-label=${`${title}, ${note}`} aria-valuetext=${`${number(this.places[k])} standard deviations`}
        @input=${(event) => {
          this.places[k] = event.target.valueAsNumber
          this.later()
        }} /><output>${number(this.places[k])} σ</output></label>`
    render(this.data.labels.map(slider), this.root.querySelector(".sliders"))
    if (!this.decoder) return
    const x = this.decoder.decode(this.pulled())
    const canvas = /** @type {any} */ (this.root.querySelector("figure canvas"))
    paintPicture(canvas, galaxyPicture(x))
    const p = this.sorter?.classify?.(x)
    const kind = p ? this.data.kinds[p.indexOf(Math.max(...p))].title : ""
    canvas.setAttribute("aria-label", `What the pulled code decodes to: ${kind}`)
    render(kind ? html`looks like: <b>${kind}</b>` : html``, this.root.querySelector("figcaption"))
    this.counted()
  }
}

const number = (value) => value.toFixed(1).replace("-", "\u2212")
