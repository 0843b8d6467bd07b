// One number of the code at a time: sliders that act in the browser, every frame, with nothing sent to the server.

import { network } from "../../../ui/live/store.js"
import { digitCanvas, digitsFrom, paintDigit } from "../../../ui/output/tiles.js"

const panels = new WeakMap() // parentElement -> DialPanel

/** @param {Component} component */
export default function ({ data, parentElement }) {
  if (!data) return
  let panel = panels.get(parentElement)
  if (!panel?.root.isConnected) {
    panel = new DialPanel(parentElement)
    panels.set(parentElement, panel)
  }
  panel.update(data)
}

class DialPanel {
  network = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  judge = /** @type {any} */ (null)
  data = /** @type {any} */ (null)
  dials = /** @type {ReturnType<DialPanel["dial"]>[]} */ ([])
  z = new Float32Array()

  /** @param {Skeleton} parentElement */
  constructor(parentElement) {
    this.root = parentElement.querySelector(".dials")
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
    this.dials = data.dials.map((dial) => this.dial(dial))
    this.find(".grid").replaceChildren(...this.dials.map(({ label }) => label))
    if (!this.network) {
      this.find(".status").textContent = "Loading the live network: the sliders move in a moment."
      network(data.network.sha256).then(
        (loaded) => {
          this.network = loaded
          this.find(".status").textContent = ""
          this.root.dataset.live = "1"
          for (const { input } of this.dials) input.disabled = false
          this.refresh()
        },
        (error) => (this.find(".status").textContent = `The live network is not available: ${error.message}`),
      )
      if (data.judge)
        network(data.judge.sha256).then(
          (loaded) => {
            this.judge = loaded
            this.refresh()
          },
          () => {},
        )
    }
    this.refresh()
  }

  dial({ index, pictures, about }) {
    const label = document.createElement("label")
    label.title = about
    const [name, low, input, high] = [
      document.createElement("span"),
      digitCanvas(),
      document.createElement("input"),
      digitCanvas(),
    ]
    name.textContent = `z${index}`
    const reach = Math.max(this.data.reach, Math.abs(this.data.z[index]))
    Object.assign(input, {
      type: "range",
      min: -reach,
      max: reach,
      step: 0.01,
      value: this.z[index],
      disabled: !this.network,
    })
    input.setAttribute("aria-label", `Latent number ${index}`)
    input.oninput = () => {
      this.z[index] = input.valueAsNumber
      this.refresh()
    }
    input.onchange = () => this.renew()
    digitsFrom(pictures).forEach((x, i) => paintDigit([low, high][i], x))
    label.append(name, low, input, high)
    return { index, label, input, ends: [low, high].map((canvas, i) => ({ canvas, value: i ? reach : -reach })) }
  }

  reset() {
    this.z = Float32Array.from(this.data.z)
    for (const { input, index } of this.dials) input.valueAsNumber = this.z[index]
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
    const sure = `${Math.round(100 * probabilities[digit])} %`
    this.find(".reads").innerHTML = `reads <b>${digit}</b>, ${sure}`
    this.now.setAttribute("aria-label", `The decoded digit: the judge reads ${digit}, ${sure} sure`)
  }

  /** The pictures at the sliders' ends, from where all the other sliders stand now. */
  async renew() {
    if (!this.network) return
    const own = {}
    this.renewal = own
    for (const { index, ends } of this.dials) {
      for (const { canvas, value } of ends) {
        await new Promise((next) => setTimeout(next)) // the hand goes first
        if (own !== this.renewal) return
        paintDigit(canvas, this.network.decode(this.z.with(index, value)))
      }
    }
  }
}
