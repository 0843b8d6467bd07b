// One number of the code at a time: sliders that act in the browser, every frame, with nothing sent to the server.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { withNetwork } from "../../../ui/live/store.js"
import { digitsFrom, paintDigit } from "../../../ui/output/tiles.js"
import { mount } from "../../../ui/view.js"

/** @param {Component} component */
export default function (component) {
  return mount(component, ".dials", DialPanel)
}

class DialPanel {
  network = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  judge = /** @type {any} */ (null)
  data = /** @type {any} */ (null)
  z = new Float32Array()

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.now = this.root.querySelector("canvas")
    this.find("button").onclick = () => this.reset()
    this.root.onkeydown = (event) => {
      if (event.key === "Escape") this.reset()
    }
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  update(data) {
    if (data.version === this.data?.version) return
    this.data = data
    this.z = Float32Array.from(data.z)
    paintDigit(this.now, digitsFrom(data.picture)[0])
    this.show()
    const pictures = data.dials.flatMap((dial) => digitsFrom(dial.pictures))
    this.ends().forEach((canvas, i) => paintDigit(canvas, pictures[i]))
    if (!this.network) {
      this.find(".status").textContent = "Loading the live network: the sliders move in a moment."
      withNetwork(
        data.network.sha256,
        (loaded) => {
          this.network = loaded
          this.find(".status").textContent = ""
          this.root.dataset.live = "1"
          this.show()
          this.refresh()
        },
        (why) => (this.find(".status").textContent = `The live network is not available: ${why}`),
      )
      if (data.judge)
        withNetwork(data.judge.sha256, (loaded) => {
          this.judge = loaded
          this.refresh()
        })
    }
    this.refresh()
  }

  show() {
    render(
      this.data.dials.map((dial) => this.dial(dial)),
      this.find(".grid"),
    )
  }

  dial({ index, about }) {
    const reach = this.reach(index)
    const turn = (event) => {
      this.z[index] = event.target.valueAsNumber
      this.show()
      this.refresh()
    }
    return html`<label title=${about}>
      <span>z${index}</span><canvas width="28" height="28"></canvas>
      <input type="range" min=${-reach} max=${reach} step="0.01" aria-label=${`Latent number ${index}`}
        .value=${String(this.z[index])} ?disabled=${!this.network} @input=${turn} @change=${() => this.renew()} />
      <canvas width="28" height="28"></canvas>
    </label>`
  }

  /** How far a number goes to both sides. */
  reach(index) {
    return Math.max(this.data.reach, Math.abs(this.data.z[index]))
  }

  /** The canvases at the sliders' ends, low and high in turn. */
  ends() {
    return [...this.root.querySelectorAll(".grid canvas")]
  }

  reset() {
    this.z = Float32Array.from(this.data.z)
    this.show()
    this.refresh()
    this.renew()
  }

  refresh() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      if (!this.network) return
      const x = this.network.decode(this.z)
      paintDigit(this.now, x)
      this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1)
      if (this.judge) this.read(x)
    })
  }

  read(x) {
    const probabilities = this.judge.classify(x)
    const digit = probabilities.indexOf(Math.max(...probabilities))
    const sure = `${Math.round(100 * probabilities[digit])}%`
    render(html`reads <b>${digit}</b>, ${sure}`, this.find(".reads"))
    this.now.setAttribute("aria-label", `The decoded digit: the judge reads ${digit}, ${sure} sure`)
  }

  /** The pictures at the sliders' ends, from where all the other sliders stand now. */
  async renew() {
    if (!this.network) return
    const own = {}
    this.renewal = own
    for (const [i, canvas] of this.ends().entries()) {
      await new Promise((next) => setTimeout(next)) // the hand goes first
      if (own !== this.renewal) return
      const { index } = this.data.dials[Math.floor(i / 2)]
      const value = (i % 2 ? 1 : -1) * this.reach(index)
      paintDigit(canvas, this.network.decode(this.z.with(index, value)))
    }
  }
}
