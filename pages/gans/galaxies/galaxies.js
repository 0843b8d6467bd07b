// Galaxies of a kind out of noise, drawn here, over what a VAE draws of that kind, and real ones.
//
// data (pages/gans/galaxies/__init__.py): kinds [title], kind, noise (its number), shown, network (sha256), rows [{ key,
//   title, note, pictures: files in base64, or null for those that the network draws }], fresh

import { html, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"
import { LateView } from "../../../ui/late_view.js"
import { network } from "../../../ui/live/store.js"
import { Draws } from "../../../ui/live/train/draws.js"
import { galaxyPicture, pictureOf } from "../../../ui/output/galaxy.js"
import { bytesFrom, paintPicture } from "../../../ui/output/picture.js"
import { mount } from "../../../ui/view.js"

const STREAM = 8 // of random numbers, beside those of the plane
const MOST = 10000 // numbers of noise
const SLICE = 12 // ms of a frame

/** @param {Component} component */
export default function (component) {
  return mount(component, ".drawn", Drawn, (drawn) => {
    drawn.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Drawn extends LateView {
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  now = { kind: 0, noise: 0 }
  noises = /** @type {Float32Array[]} */ ([]) // one a picture
  done = 0 // pictures that show the kind and the noise of now
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => this.later()
  }

  begin() {
    this.reset()
    this.later()
  }

  changed(before) {
    if (this.data.fresh !== before.fresh) this.reset()
    this.given = null
    this.later()
  }

  async load() {
    this.model = await network(this.data.network)
    this.root.dataset.live = "1"
    this.set({})
  }

  /** What Python says. */
  reset() {
    this.now = { kind: this.data.kind, noise: this.data.noise }
    this.set({})
  }

  choose(changes) {
    this.set(changes)
    this.send(this.now)
  }

  set(changes) {
    this.now = { ...this.now, ...changes }
    this.done = 0
    if (this.model) {
      const draws = new Draws(this.now.noise, STREAM)
      const size = this.model.card.config.latent_dim
      this.noises = Array.from({ length: this.data.shown }, () =>
        Float32Array.from({ length: size }, () => draws.normal()),
      )
    }
    this.later()
  }

  draw(z) {
    const { model, now } = this
    return galaxyPicture(/** @type {any} */ (model).decode(z, now.kind))
  }

  // ---- a frame

  show() {
    this.controls()
    this.paintGiven()
    if (!this.model) return
    const end = performance.now() + SLICE
    const canvases = this.root.querySelectorAll("[data-row=drawn] canvas")
    if (this.done === 0 || !this.busy) this.walk()
    while (this.done < this.noises.length) {
      paintPicture(/** @type {any} */ (canvases[this.done]), this.draw(this.noises[this.done]))
      this.done++
      if (performance.now() > end) return this.later()
    }
    this.root.dataset.drawn = `${this.now.kind} ${this.now.noise}`
  }

  get busy() {
    return this.done < this.noises.length
  }

  /** On the straight line from the first noise to the last, at the length that noise has. */
  walk() {
    const [a, b] = [this.noises[0], this.noises[this.noises.length - 1]]
    const t = this.slider.valueAsNumber
    const root = Math.hypot(1 - t, t)
    const z = a.map((value, i) => ((1 - t) * value + t * b[i]) / root)
    const canvas = this.root.querySelector(".walk canvas")
    paintPicture(/** @type {any} */ (canvas), this.draw(z))
    const percent = Math.round(100 * t)
    canvas.setAttribute("aria-label", `${this.data.kinds[this.now.kind]}, ${percent}% of the way from the first noise`)
    this.slider.setAttribute("aria-valuetext", `${percent}% of the way`)
  }

  /** The pictures that came as files, once for each message. */
  paintGiven() {
    if (this.given === this.data) return
    const { data } = this
    this.given = data
    for (const { key, pictures } of data.rows) {
      const canvases = this.root.querySelectorAll(`[data-row="${key}"] canvas`)
      pictures?.forEach(async (file, i) => {
        const picture = await pictureOf(bytesFrom(file))
        if (this.data === data) paintPicture(/** @type {any} */ (canvases[i]), picture)
      })
    }
  }

  controls() {
    const { kinds, rows, shown } = this.data
    const choose = (kind) => this.choose({ kind })
    const buttons = radios([...kinds.keys()], this.now.kind, choose, (kind) => kinds[kind])
    const another = () => this.choose({ noise: Math.floor(MOST * Math.random()) })
    render(
      html`<span role="radiogroup" aria-label="Kind of galaxy" class="tools" style="margin: 0">${buttons}</span>
        <button type="button" class="noise" ?disabled=${!this.model} @click=${another}>New noise</button>`,
      this.root.querySelector(".tools"),
    )
    const title = kinds[this.now.kind]
    const tile = (name) => (_, i) =>
      html`<canvas width="64" height="64" role="img" aria-label=${`${name}: ${title} ${i + 1} of ${shown}`}></canvas>`
    const row = ({ key, title: name, note }) => html`<div class="row" data-row=${key}><span><b>${name}</b>${note}</span>
      ${Array.from({ length: shown }, tile(name))}</div>`
    render(rows.map(row), this.root.querySelector(".rows"))
  }
}
