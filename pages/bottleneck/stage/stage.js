// A digit and three strangers through a code of any size. What comes back at every size came from Python, so the slider
// moves without a message; while a hand draws, the network of the size that is set runs here, every frame.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { ran } from "../../../ui/live/ran.js"
import { withNetwork } from "../../../ui/live/store.js"
import { digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { through } from "../../../ui/output/verdict/narrow.js"
import { chart } from "./chart.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"

/** @param {Component} component */
export default function (component) {
  return mount(component, ".stage", Stage, (stage) => {
    stage.send = (place) => component.setStateValue("place", place)
  })
}

class Stage extends PadBoard {
  columns = /** @type {any[]} */ ([]) // as Python last said
  place = 0 // of the size
  live = /** @type {?Float32Array} */ (null) // a drawing that Python has not answered yet
  models = new Map() // sha256 -> network, once it has come
  asked = new Set() // their sha256
  answered = -1 // seq of the last drawing that was answered without a run
  told = /** @type {any[]} */ ([]) // whose run was announced last, and on what
  send = (/** @type {number} */ _place) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => this.goTo(this.slider.valueAsNumber)
    this.slider.onchange = () => this.send(this.place)
    this.followPad()
    this.followSize(root.querySelector(".chart"))
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before) this.layout()
    if (!before || data.fresh !== before.fresh) this.place = data.place
    const [own, ...others] = data.columns.map(read)
    const early = data.pad && this.answered > data.seq // the server has answered a drawing that the run did not know
    this.columns = [early ? this.columns[0] : own, ...others]
    if (this.caughtUp) this.live = null
    this.later()
  }

  layout() {
    const { sizes } = this.data
    this.slider.max = String(sizes.length - 1)
    render(
      sizes.map((size) => html`<span>${size >= 1000 ? `${size / 1000}k` : size}</span>`),
      this.root.querySelector(".ends"),
    )
  }

  goTo(place) {
    this.place = Math.min(Math.max(place, 0), this.data.sizes.length - 1)
    this.later()
  }

  /** The pad's ink has changed. */
  drawn(detail) {
    detail.followed = true
    this.live = this.inked(detail)
    if (detail.final) detail.until = this.ask(detail)
    this.later()
  }

  /** Asks for the column of a whole drawing; where no answer comes, the page's next run has it. */
  async ask({ seq, strokes }) {
    const { answers } = this.data
    if (!answers || this.data.seq >= seq) return
    try {
      const answer = await fetch(new URL(answers, location.href), { method: "POST", body: JSON.stringify(strokes) })
      if (!answer.ok) return
      const column = read(await answer.json())
      if (this.drawing || this.seq !== seq || this.data.seq >= seq) return
      this.answered = seq
      this.columns = [column, ...this.columns.slice(1)]
      this.live = null
      this.later()
    } catch {
      // the run has it
    }
  }

  /** The network of the size that is set, if it has come; asked for once. */
  model() {
    const sha256 = this.data.networks[this.place]
    if (sha256 && !this.asked.has(sha256)) {
      this.asked.add(sha256)
      withNetwork(
        sha256,
        (loaded) => {
          this.models.set(sha256, loaded)
          this.root.dataset.live = String(this.models.size)
          this.later()
        },
        () => this.asked.delete(sha256),
      )
    }
    return this.models.get(sha256)
  }

  /** Says what a network has just made of a digit, to whoever draws its inside. */
  announce(model, x) {
    this.told = [model, x]
    ran(model, "forward", x)
  }

  /** What stands in the grid now: a column each, of x and, a way each, picture, PSNR and whether it is out of date. */
  now() {
    const model = this.model()
    return this.columns.map(({ id, label, x, ways }, place) => {
      const live = place === 0 ? this.live : null
      const back = Object.entries(ways).map(([way, { pictures, psnr }]) => {
        const known = { way, x: pictures.get(this.place) ?? null, psnr: psnr[this.place], old: live !== null }
        if (!live || way !== "network" || !model) return known
        const recon = model.forward(live)
        this.announce(model, live)
        return { way, x: recon, psnr: decibel(live, recon), old: false }
      })
      return { id, label: live ? this.data.drawing : label, x: live ?? x, back }
    })
  }

  show() {
    const { sizes, curves, colors } = this.data
    const columns = this.now()
    const model = this.model()
    const [{ x }] = columns
    if (model && (this.told[0] !== model || this.told[1] !== x)) {
      model.forward(x)
      this.announce(model, x)
    }
    const size = sizes[this.place]
    const words = `${size.toLocaleString("en")} ${size === 1 ? "number" : "numbers"}`
    this.slider.valueAsNumber = this.place
    this.slider.setAttribute("aria-valuetext", words)
    this.root.querySelector("output").textContent = words
    this.root.querySelector(".verdict").textContent = told(columns)
    const rows = [
      { way: "", label: "In" },
      { way: "network", label: "Network" },
      { way: "pca", label: "PCA" },
    ]
    const drawn = /** @type {(Float32Array | null)[]} */ ([])
    const tile = (column, { way, label }) => {
      const back = column.back.find((one) => one.way === way)
      drawn.push(way ? (back?.x ?? null) : column.x)
      const dB = way && back?.x ? spoken(back.psnr) : ""
      const alt = `${column.label}, ${way ? `back through ${label === "PCA" ? label : "the network"}, ${words}` : "as it goes in"}`
      return html`<div class=${back?.old ? "tile old" : "tile"} data-tile=${`${column.id}-${way || "in"}`}>
        <canvas role="img" aria-label=${dB ? `${alt}: ${dB} dB` : alt}></canvas>
        <b>${dB && !back.old ? html`${dB} <small>dB</small>` : nothing}</b>
      </div>`
    }
    render(
      html`<span></span>${columns.map(({ label }) => html`<div class="head">${label}</div>`)}
        ${rows.map(
          (row) =>
            html`<div class="row">
                ${row.way ? html`<i style=${`background: ${colors[row.way]}`}></i>` : nothing}<span>${row.label}</span>
              </div>
              ${columns.map((column) => tile(column, row))}`,
        )}`,
      this.root.querySelector(".grid"),
    )
    const blank = new Float32Array(784)
    for (const [i, canvas] of this.root.querySelectorAll("canvas").entries()) digitTile(canvas, drawn[i] ?? blank)
    if (curves) chart(this.root.querySelector(".chart"), { ...this.data, place: this.place, columns }, this)
    this.root.dataset.place = String(this.place)
    this.counted()
  }
}

/** What to notice at this size, from the numbers on the screen. */
function told(columns) {
  const of = (id) => columns.find((column) => column.id === id)?.back.find(({ way }) => way === "network")
  const [digit, noise] = [of("digit"), of("static")]
  return !digit?.x || digit.old || !noise?.x ? "" : through(digit.psnr, noise.psnr)
}

/** A column of the message with its pictures unpacked: place of a size -> (784) in [0, 1]. */
function read({ id, label, picture, ways }) {
  const unpacked = Object.entries(ways).map(([way, { pictures, places, psnr }]) => {
    const all = pictures ? digitsFrom(pictures) : []
    return [way, { pictures: new Map(places.map((place, i) => [place, all[i]])), psnr }]
  })
  return { id, label, x: digitsFrom(picture)[0], ways: Object.fromEntries(unpacked) }
}

/** PSNR of two pictures (784). */
function decibel(x, recon) {
  return -10 * Math.log10(x.reduce((sum, value, i) => sum + (value - recon[i]) ** 2, 0) / x.length)
}

/** A PSNR as people read it; beyond 60 dB nobody sees a difference, and 8 bits tell none. */
const spoken = (dB) => (dB > 60 ? "> 60" : dB.toFixed(1))
