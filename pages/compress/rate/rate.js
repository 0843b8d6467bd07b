// A picture coded in the browser at every stroke and every move of the slider: the network, the rounding, the range coder
// and its reverse. Only the rivals, files of other kinds, come from Python when the hand rests.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"
import { fetchFile } from "../../../ui/live/fetch.js"
import { ran } from "../../../ui/live/ran.js"
import { network } from "../../../ui/live/store.js"
import { bytesFrom, digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"
import { decode, encode, readTables } from "./coder.js"

const FAR = 2 ** 19 // as far as a number may be rounded: coder.FARTHEST / 2
const PERFECT = 60 // dB; what is lost there is less than a grey of 256
const MISS = 6 // dB below the usual: the code does not hold this picture

/** @param {Component} component */
export default function (component) {
  return mount(component, ".rate", Stage, (stage) => {
    stage.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Stage extends PadBoard {
  machines = new Map() // name -> {model, tables}, as they come
  wanted = new Set() // names that were asked for
  level = 0
  name = ""
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => {
      this.level = this.slider.valueAsNumber
      this.later()
    }
    this.slider.onchange = () => this.tell()
    this.followPad()
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) {
      this.level = data.level
      this.name = data.network
    }
    if (this.caughtUp) this.x = digitsFrom(data.x)[0]
    this.load(this.name)
    this.later()
  }

  load(name) {
    const { network: sha256, tables } = this.data.choices[name]
    if (!sha256 || !tables || this.wanted.has(name)) return
    this.wanted.add(name)
    Promise.all([network(sha256), fetchFile(tables)]).then(
      ([model, file]) => {
        this.machines.set(name, { model, tables: readTables(file) })
        this.root.dataset.live = "1"
        this.later()
      },
      () => this.say("Your browser cannot code by itself: the answers come when you lift the pen."),
    )
  }

  choose(name) {
    this.name = name
    this.load(name)
    this.tell()
  }

  tell() {
    this.send({ level: this.level, network: this.name })
    this.later()
  }

  /** What Python said, if it is of this very picture and these settings. */
  known() {
    const { data } = this
    const same = data.level === this.level && data.network === this.name && (!data.pad || data.seq >= this.seq)
    return same && !this.drawing
  }

  /** The picture's bytes and what is drawn from them. */
  code() {
    const { data } = this
    const machine = this.machines.get(this.name)
    if (!machine || this.known()) {
      return { bytes: fromHex(data.bytes), recon: digitsFrom(data.recon)[0], psnr: data.psnr }
    }
    const { model, tables } = machine
    const z = model.encode(this.x)
    ran(model, "encode", this.x)
    const scale = tables.scale.map((one) => one * data.steps[this.level])
    const symbols = Array.from(z, (value, j) => Math.max(-FAR, Math.min(FAR, Math.round(value / scale[j]))))
    const bytes = encode(symbols, tables.levels[this.level])
    const read = decode(bytes, tables.levels[this.level])
    const recon = model.decode(Float32Array.from(read, (symbol, j) => symbol * scale[j]))
    return { bytes, recon, psnr: quality(this.x, recon) }
  }

  show() {
    const { bytes, recon, psnr } = this.code()
    const known = this.known()
    this.controls()
    this.paint(".own canvas", this.x, "The picture: 784 pixels, a byte each")
    this.paint(".recon canvas", recon, `What the network draws from these ${bytes.length} bytes alone`)
    render(html`<b>${decibel(psnr)}</b>`, this.find(".recon figcaption"))
    const cells = Array.from(bytes, (byte) => html`<i>${byte.toString(16).padStart(2, "0")}</i>`)
    render(cells, this.find(".bytes"))
    this.find(".bytes").setAttribute("aria-label", `${bytes.length} bytes, in hexadecimal`)
    this.find(".hint").textContent = `${bytes.length} bytes, all there is: the picture on the right is drawn from them.`
    this.find(".verdict").textContent = verdict(bytes.length, psnr, this.data, known)
    this.rivals(known)
    this.root.dataset.bytes = String(bytes.length)
    this.counted()
  }

  paint(selector, x, name) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.root.querySelector(selector))
    canvas.setAttribute("aria-label", name)
    digitTile(canvas, x)
  }

  controls() {
    const { choices } = this.data
    const choose = (name) => this.choose(name)
    render(
      radios(Object.keys(choices), this.name, choose, (name) => choices[name].label),
      this.find(".codes"),
    )
    this.slider.max = String(this.data.steps.length - 1)
    this.slider.valueAsNumber = this.level
    const words = this.data.steps[this.level].toFixed(2)
    this.slider.setAttribute("aria-valuetext", `${words}, from 5 (coarse) to 0.16 (fine)`)
    this.find("output").textContent = words
  }

  rivals(known) {
    const { rivals } = this.data
    this.find(".rivals").classList.toggle("old", !known)
    render(
      rivals.map(({ name, size, head, psnr, less }) => {
        const rest = head ? html`<br>${size - head} without an empty one's` : ""
        return html`<figure><canvas role="img" aria-label=${`${name}: ${size} bytes`}></canvas>
          <figcaption>${name}<br><b>${size}</b> bytes${rest}<br>${less ? "at best " : ""}${decibel(psnr)}</figcaption></figure>`
      }),
      this.find(".rivals"),
    )
    this.root.querySelectorAll(".rivals canvas").forEach((canvas, i) => {
      digitTile(/** @type {HTMLCanvasElement} */ (canvas), bytesFrom(rivals[i].recon))
    })
  }
}

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const decibel = (psnr) => (psnr >= PERFECT ? "lossless" : `${psnr.toFixed(1)} dB`)

function quality(x, recon) {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += (x[i] - recon[i]) ** 2
  return Math.min(-10 * Math.log10(sum / x.length), 99)
}

/** What it comes to, in words. */
function verdict(size, psnr, { rivals, usual }, known) {
  const bytes = `${size} ${size === 1 ? "byte" : "bytes"}`
  if (usual !== null && psnr < usual - MISS)
    return `${bytes} do not hold it: ${psnr.toFixed(1)} dB, where digits have ${usual}.`
  const webp = rivals.find(({ name }) => name === "WebP")
  if (!known || !webp) return `${bytes} hold it at ${psnr.toFixed(1)} dB.`
  return `${bytes} hold it at ${psnr.toFixed(1)} dB. An equally good WebP takes ${webp.size} bytes, ${webp.size - webp.head} without what an empty picture takes.`
}
