// The digit's code as buttons, and its nearest among 60,000 codes: all of it computed here, every frame, also while a hand
// draws or flips bits. The server is only asked for the pictures of the hits.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"
import { fetchFile } from "../../../ui/live/fetch.js"
import { ran } from "../../../ui/live/ran.js"
import { network } from "../../../ui/live/store.js"
import { bytesFrom, digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { bitDistances, codeOf, nearestCodes, readIndex, shellsAround } from "./codes.js"
import { paintShells } from "./shells.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"

const PAUSE = 120 // ms between two questions for pictures
const SURE = 0.25 // in units of a bit's own spread; nearer to 0 a bit may turn with the hand

/** @param {Component} component */
export default function (component) {
  return mount(component, ".stage", Stage, (stage) => {
    stage.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Stage extends PadBoard {
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  index = /** @type {?import("./codes.js").Index} */ (null)
  a = /** @type {ArrayLike<number>} */ ([]) // what the network says of each bit
  length = 64
  radius = 0
  flips = /** @type {Set<number>} */ (new Set())
  pictures = new Map() // place -> (784) bytes
  hits = /** @type {any} */ (null)
  asking = false
  focus = 0 // the bit that Tab reaches
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => {
      this.radius = this.slider.valueAsNumber
      this.later()
    }
    this.slider.onchange = () => this.tell()
    this.find(".undo").onclick = () => {
      this.flips.clear()
      this.find(`[data-bit="${this.focus}"]`).focus()
      this.tell()
    }
    this.find(".bits").onkeydown = (event) => this.move(event)
    this.followPad()
    this.followSize(this.find(".shells"))
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) {
      this.length = data.length
      this.radius = data.radius
      this.flips = new Set(data.flips)
    }
    if (data.hits) {
      const known = bytesFrom(data.hits.pictures)
      data.hits.places.forEach((place, i) => this.pictures.set(place, known.subarray(784 * i, 784 * (i + 1))))
    }
    if (this.caughtUp) {
      this.x = digitsFrom(data.x)[0]
      this.a = data.a
    }
    if (before?.network !== data.network || before?.index?.sha256 !== data.index?.sha256) this.load(data)
    this.later()
  }

  load({ network: sha256, index }) {
    if (!sha256 || !index) return
    network(sha256)
      .then(
        async (loaded) => {
          const codes = readIndex(await fetchFile(index.address))
          Object.assign(this, { model: loaded, index: codes })
          this.root.dataset.live = "1"
          this.later()
        },
        (error) => this.say(`The live search is not available: ${error.message}`),
      )
      .catch(() => this.say("The codes could not be fetched: reload the page to search while you draw."))
  }

  /** The pad's ink has changed: another digit, so no flips. */
  drawn(detail) {
    const x = this.inked(detail)
    if (x && this.model) {
      this.x = x
      this.a = this.model.features?.(x) ?? []
      this.flips.clear()
    }
    this.later()
  }

  flip(bit) {
    if (!this.flips.delete(bit)) this.flips.add(bit)
    this.focus = bit
    this.tell()
  }

  /** Another length: the ball's radius goes along, flips beyond the end go. */
  cut(length) {
    this.radius = Math.round((this.radius * length) / this.length)
    this.length = length
    this.flips = new Set([...this.flips].filter((bit) => bit < length))
    this.focus = Math.min(this.focus, length - 1)
    this.tell()
  }

  move(event) {
    const across = getComputedStyle(this.find(".bits")).gridTemplateColumns.split(" ").length
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key]
    if (!step) return
    event.preventDefault()
    this.focus = Math.min(Math.max(this.focus + step, 0), this.length - 1)
    this.find(`[data-bit="${this.focus}"]`).focus()
    this.later()
  }

  tell() {
    this.send({ length: this.length, radius: this.radius, flips: [...this.flips].sort((a, b) => a - b) })
    this.later()
  }

  /** The nearest digits and the shells around the code; before the codes are here, what Python found. */
  search(bits) {
    if (!this.index) return this.data.hits
    const { y } = this.index
    const distance = bitDistances(this.index, codeOf(bits), this.length)
    const around = shellsAround(distance, y, this.length)
    const places = nearestCodes(distance, around.counts, this.data.k)
    return {
      places,
      distance: places.map((place) => distance[place]),
      y: places.map((place) => y[place]),
      ...around,
    }
  }

  show() {
    const bits = Array.from(this.a, (value, j) => value > 0 !== this.flips.has(j))
    this.hits = this.search(bits)
    this.controls(bits)
    this.paintRecon(bits)
    if (this.hits) {
      this.paintHits()
      this.paintBall()
    }
    this.counted()
  }

  controls(bits) {
    const cut = (length) => this.cut(length)
    render(
      radios(this.data.lengths, this.length, cut, (length) => `${length} bits`),
      this.find(".lengths"),
    )
    const bitButton = (j) => html`<button
      type="button" data-bit=${j} class=${this.flips.has(j) ? "flipped" : ""} aria-pressed=${bits[j]}
      aria-label=${`Bit ${j + 1}: ${bits[j] ? "1" : "0"}${this.flips.has(j) ? ", flipped" : Math.abs(this.a[j]) < SURE ? ", close to flipping" : ""}`}
      tabindex=${j === this.focus ? 0 : -1} @click=${() => this.flip(j)}
      ><i style=${`opacity: ${Math.abs(this.a[j]) < SURE ? 0.6 : 1}`}>${bits[j] ? 1 : 0}</i></button>`
    render(
      Array.from({ length: Math.min(this.length, bits.length) }, (_, j) => bitButton(j)),
      this.find(".bits"),
    )
    this.find(".undo").hidden = !this.flips.size
    this.slider.max = String(Math.min(this.length, this.data.widest))
    this.slider.valueAsNumber = this.radius
    const words = `${this.radius} ${this.radius === 1 ? "bit" : "bits"}`
    this.slider.setAttribute("aria-valuetext", words)
    this.find("output").textContent = words
  }

  paintRecon(bits) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.root.querySelector(".recon canvas"))
    canvas.setAttribute("aria-label", `What the network draws from these ${this.length} bits alone`)
    if (!this.model) return digitTile(canvas, digitsFrom(this.data.recon)[0])
    this.model.forward(this.x)
    ran(this.model, "forward", this.x)
    const signs = Float32Array.from(bits, (on, j) => (j < this.length ? (on ? 1 : -1) : 0))
    digitTile(canvas, this.model.decode(signs))
  }

  paintHits() {
    const { places, distance, y } = this.hits
    render(
      places.map((place, i) => {
        const name = `Training digit ${place.toLocaleString("en")}, a ${y[i]}, ${distance[i]} bits away`
        return html`<figure class=${distance[i] > this.radius ? "out" : ""} data-place=${place}>
          <canvas role="img" aria-label=${name} title=${name}></canvas>
          <figcaption>${distance[i]} ${distance[i] === 1 ? "bit" : "bits"}</figcaption>
        </figure>`
      }),
      this.find(".hits"),
    )
    const blank = new Uint8Array(784)
    this.root.querySelectorAll(".hits canvas").forEach((canvas, i) => {
      digitTile(/** @type {HTMLCanvasElement} */ (canvas), this.pictures.get(places[i]) ?? blank)
    })
    this.find(".verdict").textContent = verdict(y, this.flips.size)
    this.ask(places.filter((place) => !this.pictures.has(place)))
  }

  /** Asks for pictures; while one question is under way the next waits, so that the last hits win. */
  async ask(places) {
    if (!places.length || this.asking || !this.data.answers) return
    this.asking = true
    try {
      const question = { method: "POST", body: JSON.stringify(places) }
      const answer = await fetch(new URL(this.data.answers, location.href), question)
      if (answer.ok) {
        const bytes = bytesFrom((await answer.json()).pictures)
        places.forEach((place, i) => this.pictures.set(place, bytes.subarray(784 * i, 784 * (i + 1))))
      }
      await new Promise((next) => setTimeout(next, PAUSE))
    } catch {
      await new Promise((next) => setTimeout(next, 10 * PAUSE)) // not reached
    }
    this.asking = false
    if (this.root.isConnected) this.later()
  }

  paintBall() {
    const { counts, classes } = this.hits
    const inside = counts.subarray ? sum(counts.subarray(0, this.radius + 1)) : sum(counts.slice(0, this.radius + 1))
    const by = Array.from({ length: 10 }, (_, y) => {
      let total = 0
      for (let r = 0; r <= this.radius; r++) total += classes[10 * r + y]
      return total
    })
    const most = by.indexOf(Math.max(...by))
    const share = (100 * by[most]) / inside
    const percent = share > 99.5 && share < 100 ? "over 99" : Math.round(share)
    const digits = `${inside.toLocaleString("en")} of 60,000 digits ${inside === 1 ? "lies" : "lie"} within it`
    this.find(".ball").textContent = inside ? `${digits}: ${percent}% are ${most}s.` : "No digit lies within it."
    const shell = /** @type {HTMLCanvasElement} */ (this.root.querySelector(".shells"))
    shell.setAttribute("aria-label", `How many digits lie at each distance; ${digits}`)
    paintShells(shell, counts, this.radius, this.slider)
  }
}

const sum = (values) => values.reduce((a, b) => a + b, 0)

/** What the hits are, in words. */
function verdict(y, flips) {
  const by = Array.from({ length: 10 }, (_, digit) => y.filter((one) => one === digit).length)
  const most = by.indexOf(Math.max(...by))
  const after = flips ? `After ${flips} ${flips === 1 ? "flip" : "flips"}, ` : ""
  const all =
    by[most] === y.length
      ? `all ${y.length} nearest are ${most}s.`
      : `${by[most]} of the ${y.length} nearest are ${most}s.`
  const text = after + all
  return text[0].toUpperCase() + text.slice(1)
}
