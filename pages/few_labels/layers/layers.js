// The visitor's digit through one, two and three layers of the stack: in the browser, every frame of a drawing.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { withNetwork } from "../../../ui/live/store.js"
import { digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"
import { through } from "./stack.js"

/** @param {Component} component */
export default function (component) {
  return mount(component, ".layers", Layers)
}

export class Layers extends PadBoard {
  model = /** @type {any} */ (null)

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    const [figures, status] = root.children
    this.figures = figures
    this.status = status
    this.followPad()
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!this.drawing && data.seq >= this.seq) this.x = digitsFrom(data.x)[0]
    if (before?.network !== data.network) this.load(data.network)
    this.later()
  }

  load(sha256) {
    this.model = null
    this.status.textContent = ""
    const tell = (model, problem) => {
      if (sha256 !== this.data.network) return // another is on its way
      this.model = model
      this.status.textContent = problem
      this.later()
    }
    withNetwork(
      sha256,
      (model) => tell(model, ""),
      (why) => tell(null, `The layers cannot run in this browser now (${why}). Reload the page to try again.`),
    )
  }

  show() {
    const { sizes } = this.data
    const depths = sizes.slice(1).map((_, i) => i + 1)
    const empty = new Float32Array(784)
    const recon = depths.map((depth) => (this.model ? through(this.model, sizes, this.x, depth) : empty))
    const error = (one) => one.reduce((sum, value, i) => sum + (value - this.x[i]) ** 2, 0)
    const tiles = [
      { name: "Your digit", words: `${sizes[0]} pixels`, x: this.x },
      ...depths.map((depth, i) => ({
        name: depth === 1 ? "Layer 1" : `Layers 1 to ${depth}`,
        words: `${sizes[depth]} numbers${this.model ? `, squared error ${error(recon[i]).toFixed(1)}` : ""}`,
        x: recon[i],
      })),
    ]
    render(
      html`${tiles.map(
        ({ name, words }) => html`<figure>
          <canvas role="img" aria-label=${`${name}: ${words}`}></canvas>
          <figcaption><b>${name}</b>${words}</figcaption>
        </figure>`,
      )}`,
      this.figures,
    )
    this.root.querySelectorAll("canvas").forEach((canvas, i) => digitTile(canvas, tiles[i].x))
    this.root.dataset.live = this.model ? "1" : ""
  }
}
