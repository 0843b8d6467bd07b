// A drawing as the networks see it and what they rebuild of it, while it is drawn: the pad's ink goes in once a frame,
// pictures come out, and nothing is sent anywhere.

import { normalizeDrawing, SIDE } from "./digit.js"
import { network } from "./store.js"

const views = new WeakMap() // parentElement -> View

export default function ({ data, parentElement }) {
  if (!data) return
  const view = views.get(parentElement) ?? new View(parentElement)
  views.set(parentElement, view)
  view.update(data)
  return () => setTimeout(() => view.root.isConnected || view.close()) // Streamlit may clean up while we are on screen
}

class View {
  tiles = []
  input = null // what is shown now, (784), or null for an empty pad
  waiting = null // an event of the pad that came while the networks were at work
  busy = false

  constructor(parentElement) {
    this.root = parentElement.querySelector(".live")
    this.listen = (event) => event.detail.key === this.data.pad && this.drawn(event.detail)
    document.addEventListener("pad:ink", this.listen)
  }

  close() {
    document.removeEventListener("pad:ink", this.listen)
  }

  update(data) {
    const layout = JSON.stringify([data.label, data.networks])
    if (layout !== this.layout) this.build(data)
    this.layout = layout
    const fresh = data.x !== this.data?.x
    this.data = data
    if (fresh && !this.drawing) this.show(data.x ? Float32Array.from(bytes(data.x), (byte) => byte / 255) : null)
  }

  build({ label, networks }) {
    this.tiles = [new Tile(label), ...networks.map(({ title }) => new Tile(title))]
    this.root.replaceChildren(...this.tiles.map((tile) => tile.figure))
    networks.forEach(({ sha256 }, i) => {
      const tile = this.tiles[i + 1]
      tile.say("loading")
      network(sha256).then(
        (loaded) => {
          tile.network = loaded
          tile.say("")
          tile.rebuild(this.input)
        },
        (error) => tile.say(`not available: ${error.message}`),
      )
    })
  }

  /** The pad's ink has changed. A slow device skips events, never the last one. */
  async drawn(detail) {
    this.waiting = detail
    if (this.busy) return
    this.busy = true
    while (this.waiting) {
      const { final, raster } = this.waiting
      this.waiting = null
      this.drawing = !final
      await this.show(normalizeDrawing(raster(112), 112))
    }
    this.busy = false
  }

  async show(input) {
    this.input = input
    this.tiles[0].paint(input)
    for (const tile of this.tiles) {
      if (!tile.network) continue
      if (this.drawing) await new Promise((next) => setTimeout(next)) // the pen goes first
      if (this.input !== input) return
      tile.rebuild(input)
    }
    this.root.dataset.shown = Number(this.root.dataset.shown ?? 0) + 1
  }
}

class Tile {
  network = null
  times = []

  constructor(label) {
    this.label = label
    this.figure = document.createElement("figure")
    this.figure.innerHTML = "<canvas role='img'></canvas><figcaption><b></b><span></span></figcaption>"
    this.figure.querySelector("b").textContent = label
    this.canvas = this.figure.querySelector("canvas")
    this.canvas.width = this.canvas.height = SIDE
    this.ctx = this.canvas.getContext("2d")
    this.paint(null)
  }

  say(text) {
    this.figure.querySelector("span").textContent = text
  }

  rebuild(input) {
    if (!input) return this.paint(null)
    const start = performance.now()
    const recon = this.network.forward(input)
    this.times = [...this.times.slice(-30), performance.now() - start]
    const median = this.times.toSorted((a, b) => a - b)[this.times.length >> 1]
    this.say(`${median < 1 ? "under 1" : Math.round(median)} ms`)
    this.paint(recon)
  }

  /** @param {?Float32Array} x  (784) in [0, 1], or null for nothing */
  paint(x) {
    const picture = this.ctx.createImageData(SIDE, SIDE)
    picture.data.fill(255)
    for (let i = 0; i < SIDE * SIDE; i++) picture.data.fill(x ? Math.round(255 * x[i]) : 0, 4 * i, 4 * i + 3)
    this.ctx.putImageData(picture, 0, 0)
    this.canvas.setAttribute("aria-label", x ? this.label : `${this.label}: nothing drawn yet`)
  }
}

const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
