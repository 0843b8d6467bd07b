// A slider along the one number of a code: the memoriser decodes every place in this browser, and the digit that was
// learnt nearest to it stands beside.

import { contextOf, digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { Board } from "../../../ui/board.js"
import { mount } from "../../../ui/view.js"

const THUMB = 8 // px from the slider's edge to its thumb's middle at the ends
const START = 0.35 // of the way along the line

/** @param {Component} component */
export default function (component) {
  return mount(component, ".line", Line)
}

class Line extends Board {
  learnt = /** @type {Float32Array[]} */ ([])
  recon = /** @type {Float32Array[]} */ ([])
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => this.later()
    root.querySelector(".back").onclick = () => this.step(-1)
    root.querySelector(".on").onclick = () => this.step(1)
    this.followSize(this.rug)
  }

  get rug() {
    return /** @type {HTMLCanvasElement} */ (this.root.querySelector(".rug"))
  }

  update(data) {
    if (data.version === this.data?.version) {
      this.data = data
      return
    }
    this.data = data
    this.learnt = digitsFrom(data.learnt)
    this.recon = digitsFrom(data.recon)
    const [low, high] = [data.codes[0], data.codes.at(-1)]
    const fresh = !this.slider.max || this.slider.disabled || this.slider.max === "100"
    Object.assign(this.slider, { min: String(low - 0.02), max: String(high + 0.02) })
    if (fresh) this.slider.valueAsNumber = data.codes[Math.round(START * (data.codes.length - 1))]
    this.ask(data.network)
    this.later()
  }

  ask(reference) {
    if (!reference) return this.say("Without its network in the browser the line goes from digit to digit.")
    this.meet(reference.sha256, (loaded) => {
      this.model = loaded
      this.root.dataset.live = "1"
    })
  }

  /** To the digit before or behind. */
  step(way) {
    const { codes } = this.data
    const to = Math.min(Math.max(this.nearest() + way, 0), codes.length - 1)
    this.slider.valueAsNumber = codes[to]
    this.later()
  }

  /** Place of the learnt digit whose code is nearest. */
  nearest() {
    const z = this.slider.valueAsNumber
    const far = this.data.codes.map((code) => Math.abs(code - z))
    return far.indexOf(Math.min(...far))
  }

  show() {
    const z = this.slider.valueAsNumber
    const place = this.nearest()
    const x = this.model ? this.model.decode(Float32Array.of(z)) : this.recon[place]
    const [now, nearest] = ["now", "nearest"].map((name) => this.root.querySelector(`.${name}`))
    digitTile(now.querySelector("canvas"), x)
    digitTile(nearest.querySelector("canvas"), this.learnt[place])
    const name = this.data.names[place]
    const error = x.reduce((sum, value, i) => sum + (value - this.learnt[place][i]) ** 2, 0) / x.length
    const words = `number ${place + 1} of ${this.data.codes.length} on the line, ${name}`
    now.querySelector("figcaption").textContent = `Decoded: ${(-10 * Math.log10(error)).toFixed(1)} dB from it`
    nearest.querySelector("figcaption").textContent = `Learnt: ${words}`
    now.querySelector("canvas").setAttribute("aria-label", `Decoded from ${z.toFixed(3)}`)
    nearest.querySelector("canvas").setAttribute("aria-label", `The learnt digit nearest to it, ${words}`)
    this.root.querySelector("output").textContent = z.toFixed(3).replace("-", "\u2212")
    this.slider.setAttribute("aria-valuetext", `${z.toFixed(3)}, ${words}`)
    this.paintRug(place)
    this.root.dataset.place = String(place)
  }

  /** A tick for each learnt digit, under its place of the slider. */
  paintRug(place) {
    const { rug } = this
    const [width, height] = [rug.clientWidth, rug.clientHeight].map((side) => Math.round(side * devicePixelRatio))
    if (!width) return
    Object.assign(rug, { width, height }) // empties it
    const ctx = contextOf(rug)
    const [low, high] = [Number(this.slider.min), Number(this.slider.max)]
    const thumb = THUMB * devicePixelRatio
    this.data.codes.forEach((code, i) => {
      const x = thumb + ((code - low) / (high - low)) * (width - 2 * thumb)
      ctx.fillStyle = i === place ? this.data.color : getComputedStyle(rug).color
      ctx.globalAlpha = i === place ? 1 : 0.45
      const wide = (i === place ? 4 : 1.5) * devicePixelRatio
      ctx.fillRect(x - wide / 2, 0, wide, (i === place ? 1 : 0.6) * height)
    })
  }
}
