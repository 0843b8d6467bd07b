// A digit x moved to x + t u, kept in [0, 1]: along a direction of a network, and along a random one of the same length.
// Directions and how far they carry come from Python; the slider, the judge and the autoencoder run here.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"
import { ran } from "../../../ui/live/ran.js"
import { withNetwork } from "../../../ui/live/store.js"
import { aDigit } from "../../../ui/output/article.js"
import { bytesFrom, digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { astray } from "../../../ui/output/verdict/ways.js"
import { Board } from "../../../ui/board.js"
import { mount } from "../../../ui/view.js"

const PIXELS = 784
const OTHER = "var(--st-gray-text-color)" // of what is random

/** @param {Component} component */
export default function (component) {
  return mount(component, ".stage", Stage, (stage) => {
    stage.send = (place) => component.setStateValue("place", place)
  })
}

class Stage extends Board {
  x = new Float32Array(PIXELS)
  along = /** @type {Float32Array[]} */ ([])
  random = /** @type {Float32Array[]} */ ([])
  direction = 0
  far = 0
  models = new Map() // "judge" and "back" -> network, once it has come
  send = (/** @type {number[]} */ _place) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => {
      this.far = this.slider.valueAsNumber
      this.later()
    }
    this.slider.onchange = () => this.send([this.direction, this.far])
    root.querySelector(".next").onclick = () => this.choose(this.direction + 1)
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) {
      this.direction = data.direction
      this.far = data.far
    }
    this.x = digitsFrom(data.x)[0]
    this.along = unpacked(data.along)
    this.random = unpacked(data.random)
    this.direction = Math.min(this.direction, this.along.length - 1)
    Object.assign(this.slider, { min: String(-data.furthest), max: String(data.furthest) })
    if (!before) for (const [name, sha256] of Object.entries(data.networks)) this.ask(name, sha256)
    this.rows()
    this.later()
  }

  ask(name, sha256) {
    if (!sha256) return
    withNetwork(sha256, (loaded) => {
      this.models.set(name, loaded)
      this.later()
    })
  }

  choose(direction) {
    const last = this.along.length - 1
    this.direction = direction < 0 ? last : direction > last ? 0 : direction
    this.rows()
    this.later()
    this.send([this.direction, this.far])
  }

  /** The directions as a list, each with the stretch on which the judge still reads the digit. */
  rows() {
    const { values, reach, reachRandom, color } = this.data
    const inside = (i) => html`<canvas></canvas><em>${values[i].toFixed(2)}</em>${this.track(reach[i], color)}`
    const more = (i) => ({
      name: "row",
      label: `Direction ${i + 1}, singular value ${values[i].toFixed(2)}, ${stretch(reach[i])}`,
    })
    render(
      radios([...values.keys()], this.direction, (i) => this.choose(i), inside, more),
      this.find(".rows"),
    )
    this.root.querySelectorAll(".row canvas").forEach((canvas, i) => paintSigned(canvas, this.along[i]))
    render(
      html`<span>${reachRandom.length} random</span>
        <div>${reachRandom.map((one) => this.track(one, OTHER))}</div>`,
      this.root.querySelector(".others"),
    )
    const { reads } = this.data
    this.root.querySelector(".key").textContent =
      reads === null
        ? "Singular value. No digit: nobody reads it."
        : `Singular value, and how far the judge still reads ${aDigit(reads)}`
  }

  track([left, right], color) {
    const { furthest } = this.data
    const share = (t) => `${(50 * (t + furthest)) / furthest}%`
    return html`<span class="track"
      ><i style=${`left: ${share(-left)}; right: ${share(-right)}; background: ${color}`}></i><s style="left: 50%"></s
      ><u class="t"></u
    ></span>`
  }

  show() {
    const { furthest, color } = this.data
    const t = this.far
    const words = `${t < 0 ? "\u2212" : ""}${Math.abs(t).toFixed(1)}`
    this.slider.valueAsNumber = t
    this.slider.setAttribute("aria-valuetext", words)
    this.root.querySelector("output").textContent = words
    const along = this.picture(
      ".along",
      this.along[this.direction],
      `Direction ${this.direction + 1} of the network`,
      color,
    )
    const random = this.picture(".random", this.random[this.direction], "A random direction", OTHER)
    this.root.querySelector(".verdict").textContent = astray(t, along, random)
    for (const line of this.root.querySelectorAll(".t")) line.style.left = `${(50 * (t + furthest)) / furthest}%`
    this.root.dataset.direction = String(this.direction)
    this.root.dataset.judged = this.models.has("judge") ? "1" : ""
    this.counted()
  }

  /** x + t u on its canvas, with what the judge reads and how far it is from what the autoencoder makes of it. */
  picture(which, u, name, color) {
    const figure = this.root.querySelector(which)
    const x = this.x.map((value, i) => Math.min(Math.max(value + this.far * u[i], 0), 1))
    digitTile(figure.querySelector("canvas"), x)
    const shares = this.data.reads === null ? null : this.models.get("judge")?.classify(x)
    const digit = shares ? shares.indexOf(Math.max(...shares)) : -1
    const back = this.models.get("back")
    const recon = back?.forward(x)
    if (back && which === ".along") ran(back, "forward", x)
    const off = recon ? Math.sqrt(x.reduce((sum, value, i) => sum + (value - recon[i]) ** 2, 0)) : NaN
    const reads = shares ? `${digit}, ${Math.round(100 * shares[digit])}%` : ""
    const other = shares && digit !== this.data.reads
    render(
      html`<b style=${`color: ${color}`}>${name}</b>
        ${recon ? html`<span>${off.toFixed(1)} from a digit</span>` : nothing}
        ${other ? html`<span>the judge reads ${aDigit(digit)}</span>` : nothing}`,
      figure.querySelector("figcaption"),
    )
    figure.querySelector("canvas").setAttribute("aria-label", `${name}${reads && `: the judge reads ${reads} sure`}`)
    figure.dataset.digit = String(digit)
    return off
  }
}

const stretch = ([left, right]) => `read from \u2212${left.toFixed(1)} to ${right.toFixed(1)}`

/** Unit vectors as the stage's Python writes them: one signed byte a pixel, and each one's largest. */
function unpacked({ bytes, most }) {
  const all = new Int8Array(bytesFrom(bytes).buffer)
  return most.map((scale, i) => Float32Array.from(all.subarray(i * PIXELS, (i + 1) * PIXELS), (b) => (b * scale) / 127))
}

/** Grey for a pixel that stays, white for one that becomes brighter, black for one that becomes darker. */
function paintSigned(canvas, u) {
  const most = u.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9)
  digitTile(
    canvas,
    u.map((value) => 0.5 + (0.5 * value) / most),
  )
}
