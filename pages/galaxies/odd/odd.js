// The frames that a score finds oddest among all galaxies, over what the network makes of them.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"
import { LateView } from "../../../ui/late_view.js"
import { network } from "../../../ui/live/store.js"
import { galaxyPicture } from "../../../ui/output/galaxy.js"
import { paintPicture } from "../../../ui/output/picture.js"
import { skyAt } from "../sky.js"
import { mount } from "../../../ui/view.js"

const SHOWN = 16

/** @param {Component} component */
export default function (component) {
  return mount(component, ".odd", Odd, (odd) => {
    odd.send = (score) => component.setStateValue("score", score)
  })
}

class Odd extends LateView {
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  sky = /** @type {?import("../sky.js").Sky} */ (null)
  score = ""
  version = 0
  send = (/** @type {string} */ _score) => {}

  begin() {
    this.score = this.data.score
    this.controls()
  }

  changed(before) {
    if (this.data.score === before.score) return
    this.begin()
    this.show()
  }

  async load() {
    const { network: sha256, sky } = this.data
    const parts = [
      skyAt(sky).then((loaded) => (this.sky = loaded)),
      network(sha256).then((loaded) => (this.model = loaded)),
    ]
    await Promise.all(parts.map((part) => part.then(() => this.show())))
  }

  choose(score) {
    this.score = score
    this.send(score)
    this.controls()
    this.show()
  }

  controls() {
    const { scores } = this.data
    const keys = scores.map(({ key }) => key)
    const inside = (_, i) => `${scores[i].title} · AUROC ${scores[i].measured}`
    render(
      radios(keys, this.score, (key) => this.choose(key), inside),
      this.find(".tools"),
    )
  }

  async show() {
    if (!this.sky) return
    const version = ++this.version
    const { galaxies, scores } = this.sky
    const by = scores.indexOf(this.score)
    const order = [...galaxies].sort((a, b) => b.scores[by] - a.scores[by])
    const flawed = galaxies.filter((galaxy) => galaxy.flawed).length
    const first = order.slice(0, flawed).filter((galaxy) => galaxy.flawed).length
    render(
      html`${first} of the ${flawed} frames with a missing column are among the first ${flawed}.<small
        >Outlined: a thin dark line, marked by eye. Under each frame: what the network makes of it.</small>`,
      this.root.querySelector(".verdict"),
    )
    const shown = order.slice(0, SHOWN)
    render(
      shown.map(
        ({ kind, flawed }, i) => html`<figure class=${flawed ? "flawed" : ""}>
          <canvas width="128" height="128" role="img" aria-label=${`Frame ${i + 1}: ${this.data.kinds[kind].title}${flawed ? ", a column is missing" : ""}`}></canvas>
          <canvas width="128" height="128" role="img" aria-label=${`What the network makes of frame ${i + 1}`}></canvas>
        </figure>`,
      ),
      this.root.querySelector(".grid"),
    )
    const figures = [...this.root.querySelectorAll(".grid figure")]
    for (const [i, { id, code }] of shown.entries()) {
      const picture = await this.sky.picture(id)
      if (version !== this.version) return
      const [own, redrawn] = figures[i].querySelectorAll("canvas")
      paintPicture(/** @type {any} */ (own), picture)
      if (this.model) paintPicture(/** @type {any} */ (redrawn), galaxyPicture(this.model.decode(code)))
    }
    if (this.model) this.root.dataset.shown = this.score
  }
}
