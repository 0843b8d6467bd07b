// Eight originals over what two networks make of them: the small one runs here, the wide one's pictures were saved.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { LateView } from "../../../ui/late_view.js"
import { network } from "../../../ui/live/store.js"
import { galaxyPicture, pictureOf } from "../../../ui/output/galaxy.js"
import { bytesFrom, paintPicture } from "../../../ui/output/picture.js"
import { skyAt } from "../sky.js"
import { mount } from "../../../ui/view.js"

const COUNT = 8

/** @param {Component} component */
export default function (component) {
  return mount(component, ".eight", Eight)
}

class Eight extends LateView {
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  sky = /** @type {?import("../sky.js").Sky} */ (null)
  ids = /** @type {number[]} */ ([])
  wide = /** @type {import("../../../ui/output/picture.js").Picture[]} */ ([])
  version = 0

  begin() {
    this.ids = this.data.ids
    this.controls()
  }

  async load() {
    this.wide = await Promise.all(this.data.wide.map((file) => pictureOf(bytesFrom(file))))
    this.sky = await skyAt(this.data.sky)
    this.show()
    this.model = await network(this.data.network)
    this.show()
  }

  others() {
    const test = this.sky?.galaxies.filter(({ test }) => test) ?? []
    this.ids = Array.from({ length: COUNT }, () => test.splice(Math.floor(Math.random() * test.length), 1)[0].id)
    this.show()
  }

  isFirst() {
    return this.ids === this.data.ids
  }

  controls() {
    const back = () => {
      this.ids = this.data.ids
      this.show()
    }
    render(
      html`<button type="button" class="others" ?disabled=${!this.sky} @click=${() => this.others()}>Eight others</button>
        ${this.isFirst() ? nothing : html`<button type="button" @click=${back}>The first eight</button>`}`,
      this.root.querySelector(".tools"),
    )
    const tiles = (name) =>
      this.ids.map(
        (_, i) =>
          html`<canvas width="128" height="128" role="img" aria-label=${`${name} ${i + 1} of ${COUNT}`}></canvas>`,
      )
    const row = (key, { title, note }) =>
      html`<div class="row" data-row=${key}><span><b>${title}</b>${note}</span>${tiles(title)}</div>`
    const keys = this.isFirst() ? ["original", "small", "wide"] : ["original", "small"]
    render(
      keys.map((key) => row(key, this.data.rows[key])),
      this.root.querySelector(".rows"),
    )
  }

  async show() {
    const version = ++this.version
    this.controls()
    if (!this.sky) return
    const pictures = await Promise.all(this.ids.map((id) => /** @type {any} */ (this.sky).picture(id)))
    if (version !== this.version) return
    const canvases = (key) => this.root.querySelectorAll(`[data-row="${key}"] canvas`)
    canvases("original").forEach((canvas, i) => paintPicture(/** @type {any} */ (canvas), pictures[i]))
    canvases("wide").forEach((canvas, i) => paintPicture(/** @type {any} */ (canvas), this.wide[i]))
    for (const [i, canvas] of [...canvases("small")].entries()) {
      if (!this.model) return
      await new Promise((next) => setTimeout(next)) // the hand goes first
      if (version !== this.version) return
      paintPicture(/** @type {any} */ (canvas), galaxyPicture(this.model.decode(this.sky.galaxies[this.ids[i]].code)))
    }
    this.root.dataset.shown = this.ids.join()
  }
}
