// The visitor's digit through four decoders, with random weights and trained, at every stroke; under each picture the
// share of its energy at period 2.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { radios } from "../../../ui/input/radios.js"
import { ran } from "../../../ui/live/ran.js"
import { digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { mount } from "../../../ui/view.js"
import { openNetwork } from "./networks.js"
import { periodTwo } from "./spectrum.js"

const ROWS = { untrained: "Random weights", trained: "Trained" }

/** @param {Component} component */
export default function (component) {
  return mount(component, ".decoders", Decoders, (decoders) => {
    decoders.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Decoders extends PadBoard {
  other = /** @type {any} */ (null)
  seed = 0
  places = "own"
  own = new Map() // name -> network, as it was delivered
  trained = new Map() // name -> the same, opened
  untrained = new Map() // name -> with random weights
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    root.querySelector(".anew").onclick = () => this.sow((this.seed + 1) % 10000)
    this.followPad()
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) Object.assign(this, { seed: data.seed, places: data.places })
    if (this.caughtUp) this.x = digitsFrom(data.x)[0]
    this.other = digitsFrom(data.other)[0]
    if (!before) for (const { name, sha256 } of data.networks) this.ask(name, sha256)
    if (data.fresh !== before?.fresh) this.mix()
    this.later()
  }

  ask(name, sha256) {
    this.meet(sha256, (loaded) => {
      this.own.set(name, loaded)
      this.trained.set(name, openNetwork(loaded))
      this.untrained.set(name, openNetwork(loaded, this.seed))
    })
  }

  sow(seed) {
    this.seed = seed
    this.mix()
    this.tell()
  }

  mix() {
    for (const [name, loaded] of this.own) this.untrained.set(name, openNetwork(loaded, this.seed))
  }

  tell() {
    this.send({ seed: this.seed, places: this.places })
    this.later()
  }

  show() {
    const { networks } = this.data
    const shares = { untrained: {}, trained: {} }
    const pictures = { untrained: {}, trained: {} }
    for (const { name } of networks) {
      for (const row of Object.keys(ROWS)) {
        const raw = this[row].get(name)?.placed(this.x, this.places, this.other)
        if (!raw) continue
        shares[row][name] = periodTwo(raw)
        pictures[row][name] = row === "trained" ? raw.map((value) => Math.min(Math.max(value, 0), 1)) : stretched(raw)
      }
    }
    const tile = (row, { name, title }) => html`<figure data-row=${row} data-name=${name}>
      <canvas role="img" aria-label=${`${title}, ${ROWS[row].toLowerCase()}: ${percent(shares[row][name])} at period 2`}></canvas>
      <figcaption>${percent(shares[row][name])}</figcaption></figure>`
    const own = html`<figure class="own"><canvas role="img" aria-label="Your digit"></canvas>
      <figcaption>Your digit ${percent(periodTwo(this.x))}</figcaption></figure>`
    render(
      html`<span></span>${networks.map(({ title }) => html`<b>${title}</b>`)}
        ${Object.keys(ROWS).map((row) => html`<em>${ROWS[row]}${row === "trained" ? own : nothing}</em>${networks.map((one) => tile(row, one))}`)}`,
      this.root.querySelector(".table"),
    )
    digitTile(/** @type {HTMLCanvasElement} */ (this.root.querySelector(".own canvas")), this.x)
    for (const [row, made] of Object.entries(pictures)) {
      for (const { name } of networks) {
        const canvas = this.root.querySelector(`figure[data-row=${row}][data-name=${name}] canvas`)
        digitTile(/** @type {HTMLCanvasElement} */ (canvas), made[name] ?? new Float32Array(784))
      }
    }
    this.choices()
    this.root.querySelector(".verdict").textContent = this.verdict(shares)
    const watched = this.own.get(this.data.inside)
    if (watched) {
      watched.forward(this.x)
      ran(watched, "forward", this.x)
    }
    this.root.dataset.live = this.trained.size === networks.length ? "1" : ""
    this.root.dataset.seed = String(this.seed)
    this.counted()
  }

  choices() {
    const { otherName } = this.data
    const names = { own: "Your digit's places", corners: "All in one corner", other: `Places of ${otherName}` }
    const choose = (key) => {
      this.places = key
      this.tell()
    }
    const buttons = radios(Object.keys(names), this.places, choose, (key) => names[key])
    render(html`<span>Unpooling gets</span>${buttons}`, this.find(".places"))
  }

  verdict({ untrained, trained }) {
    const { networks } = this.data
    if (networks.some(({ name }) => trained[name] === undefined)) return "The networks are on their way."
    const worst = (row) => networks.reduce((a, b) => (row[a.name] >= row[b.name] ? a : b))
    const before = worst(untrained)
    const after = worst(trained)
    return (
      `Before training ${before.title} puts ${percent(untrained[before.name])} of its energy at period 2. ` +
      `After it, no decoder puts more than ${percent(trained[after.name])} there; your digit itself has ${percent(periodTwo(this.x))}.`
    )
  }
}

/** From the darkest to the brightest, whatever they are: untrained networks paint in a narrow range. */
function stretched(raw) {
  const low = raw.reduce((a, b) => Math.min(a, b))
  const high = raw.reduce((a, b) => Math.max(a, b))
  return raw.map((value) => (value - low) / (high - low || 1))
}

/** With as many digits as mean something; "" for what is not known yet. */
function percent(share) {
  if (share === undefined) return ""
  return `${(100 * share).toFixed(share < 0.01 ? 2 : share < 0.1 ? 1 : 0)}%`
}
