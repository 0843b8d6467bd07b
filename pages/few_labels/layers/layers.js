// The visitor's digit through one, two and three layers of the stack: in the browser, every frame of a drawing.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { normalizeDrawing } from "../../../ui/input/digit.js"
import { network } from "../../../ui/live/store.js"
import { digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { through } from "./stack.js"

const PEN = 112 // pixels a side in which a drawing is read
const views = new WeakMap() // parentElement -> Layers

/** @param {Component} component */
export default function ({ parentElement, data }) {
  if (!data) return
  let view = views.get(parentElement)
  if (!view?.root.isConnected) {
    view?.close()
    view = new Layers(parentElement, data)
    views.set(parentElement, view)
  }
  return () => setTimeout(() => view.root.isConnected || view.close())
}

class Layers {
  model = /** @type {any} */ (null)

  /** @param {Skeleton} parentElement */
  constructor(parentElement, data) {
    this.data = data
    this.root = parentElement.querySelector(".layers")
    this.x = /** @type {Float32Array} */ (digitsFrom(data.x)[0])
    this.listen = ({ detail }) => detail.key === data.pad && this.drawn(detail)
    document.addEventListener("pad:ink", this.listen)
    network(data.network).then(
      (model) => {
        this.model = model
        this.later()
      },
      () => {},
    )
    this.later()
  }

  close() {
    document.removeEventListener("pad:ink", this.listen)
  }

  drawn({ raster }) {
    const x = normalizeDrawing(raster(PEN), PEN)
    if (x) this.x = x
    this.later()
  }

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.show()
    })
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
        words: `${sizes[depth]} numbers, squared error ${this.model ? error(recon[i]).toFixed(1) : "…"}`,
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
      this.root,
    )
    this.root.querySelectorAll("canvas").forEach((canvas, i) => digitTile(canvas, tiles[i].x))
    this.root.dataset.live = this.model ? "1" : ""
  }
}
