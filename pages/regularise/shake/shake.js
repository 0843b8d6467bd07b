// The digit under a small and a large noise, and how far each network's code and picture move: in the browser, every frame.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { withNetwork } from "../../../ui/live/store.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { digitTile } from "../../../ui/output/picture.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"

/** @param {Component} component */
export default function (component) {
  return mount(component, ".shake", Shake)
}

class Shake extends PadBoard {
  networks = /** @type {Map<string, any>} */ (new Map())
  large = 0

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.noise = normal()
    this.lots = uniform()
    this.followPad()
    const slider = this.root.querySelector("input")
    slider.oninput = () => {
      this.large = slider.valueAsNumber
      this.later()
    }
    this.root.querySelector("button").onclick = () => {
      this.noise = normal()
      this.lots = uniform()
      this.later()
    }
  }

  update(data) {
    if (!this.data) {
      this.large = data.large
      this.root.querySelector("input").valueAsNumber = data.large
      this.root.style.setProperty("--networks", data.networks.length)
      for (const { name, sha256 } of data.networks) {
        withNetwork(sha256, (loaded) => {
          this.networks.set(name, loaded)
          this.later()
        })
      }
    }
    this.data = data
    if (!this.drawing) this.x = digitsFrom(data.x)[0]
    this.later()
  }

  drawn(detail) {
    detail.followed = true
    const x = this.inked(detail)
    if (x) this.x = x
    this.later()
  }

  show() {
    const small = this.x.map((value, i) => Math.min(Math.max(value + this.data.small * this.noise[i], 0), 1))
    const large = this.x.map((value, i) => (this.lots[i] < this.large ? 0 : value))
    const share = `${Math.round(100 * this.large)}%`
    this.row(".small", small, `A little noise, sd ${this.data.small}`)
    this.row(".large", large, `${share} of the pixels gone`)
    this.root.querySelector("label span").textContent = `Pixels gone: ${share}`
    this.root.dataset.painted = String(this.networks.size)
  }

  row(which, noisy, title) {
    const answers = this.data.networks.map((one) => {
      const model = this.networks.get(one.name)
      if (!model) return { ...one, recon: new Float32Array(784), code: NaN, picture: NaN }
      const [h, still] = [model.encode(noisy), model.encode(this.x)]
      const recon = model.decode(h)
      const [code, picture] = [apart(h, still) / one.away[0], apart(recon, model.decode(still)) / one.away[1]]
      return { ...one, recon, code, picture }
    })
    const least = (part) => Math.min(...answers.map((answer) => answer[part]))
    const [calmest, stillest] = [least("code"), least("picture")]
    const root = this.root.querySelector(which)
    const one = (answer) =>
      html`<figure data-network=${answer.name}>
        <canvas role="img" aria-label=${`${answer.title}, ${title.toLowerCase()}: picture moved ${percent(answer.picture)}`}></canvas>
        <figcaption>
          <b><i style=${`background: ${answer.color}`}></i>${answer.title}</b>
          ${bar("code", answer.code, answer.color, answer.code === calmest)}
          ${bar("picture", answer.picture, answer.color, answer.picture === stillest)}
        </figcaption>
      </figure>`
    render(
      html`<figure class="noisy">
          <canvas role="img" aria-label=${title}></canvas>
          <figcaption>${title}</figcaption>
        </figure>
        ${answers.map(one)}`,
      root,
    )
    const pictures = [noisy, ...answers.map(({ recon }) => recon)]
    root.querySelectorAll("canvas").forEach((canvas, i) => digitTile(canvas, pictures[i]))
  }
}

const bar = (name, share, color, least) =>
  html`<div class=${least ? "bar least" : "bar"}>
    <span>${name}</span><u><i style=${`width: ${Math.min(100 * (share || 0), 100)}%; background: ${color}`}></i></u
    ><em>${percent(share)}</em>
  </div>`

const percent = (share) => (Number.isNaN(share) ? "" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`)

function apart(a, b) {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0))
}

/** What decides, pixel by pixel, which go first. */
const uniform = () => Float32Array.from({ length: 784 }, () => Math.random())

/** 784 standard normal numbers, by Box and Muller. */
function normal() {
  return Float32Array.from({ length: 784 }, () => {
    return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  })
}
