// Few large pixels that the visitor paints, and what both networks make of them: all of it in the browser, every frame.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { share, shared } from "../../../ui/head/view.js"
import { arrowKey, oneStop, tabTo } from "../../../ui/input/arrows.js"
import { bytesFrom, digitTile, PAPER, SIDE } from "../../../ui/output/picture.js"
import { withNetwork } from "../../../ui/live/store.js"
import { mount } from "../../../ui/view.js"

const VIEW = "super_painted" // in a shared link

/** @param {Component} component */
export default function (component) {
  return mount(component, ".desk", Desk)
}

class Desk {
  data = /** @type {any} */ (null) // the message of pages/super_resolution/paint/__init__.py
  cells = new Float32Array(0) // ink of each large pixel, row by row
  ink = 2 // a grey that a real stroke leaves most often
  known = /** @type {Uint8Array} */ (new Uint8Array(0)) // coarse real digits, one after the other
  networks = new Map() // sha256 -> network; null until it has come
  painting = false
  pending = false

  /** @param {Skeleton} root  that holds nothing else */
  constructor(root) {
    this.root = root
    this.close = share(VIEW, () => this.view())
  }

  /** The painting as text; "" while it is the stage's digit. */
  view() {
    const bytes = Uint8Array.from(this.cells, (ink) => Math.round(255 * ink))
    const start = bytesFrom(this.data.start)
    if (bytes.every((ink, i) => ink === start[i])) return ""
    return btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "")
  }

  /** Paints what a link says. @param {string} text */
  look(text) {
    try {
      const bytes = bytesFrom(text.replaceAll("-", "+").replaceAll("_", "/"))
      if (bytes.length === this.cells.length) this.cells = Float32Array.from(bytes, (ink) => ink / 255)
    } catch {
      // the link is damaged: the stage's digit stays
    }
  }

  update(data) {
    const first = !this.data
    const other = data.side !== this.data?.side || data.start !== this.data.start
    this.data = data
    if (other) this.known = bytesFrom(data.known)
    for (const sha256 of [...data.networks.map(({ sha256 }) => sha256), data.judge]) this.fetch(sha256)
    if (other) this.reset()
    if (first) this.look(shared(VIEW))
    this.later()
  }

  fetch(sha256) {
    if (!sha256 || this.networks.has(sha256)) return
    this.networks.set(sha256, null)
    withNetwork(sha256, (loaded) => {
      this.networks.set(sha256, loaded)
      this.later()
    })
  }

  /** Back to the stage's pixels. */
  reset() {
    this.cells = Float32Array.from(bytesFrom(this.data.start), (value) => value / 255)
    this.later()
  }

  clear() {
    this.cells.fill(0)
    this.later()
  }

  put(place, ink = this.data.inks[this.ink]) {
    if (this.cells[place] === ink) return
    this.cells[place] = ink
    this.later()
  }

  choose(ink) {
    this.ink = ink
    this.later()
  }

  // ---- what the hand does

  press(event) {
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    this.painting = true
    this.put(this.under(event))
  }

  drag(event) {
    if (!this.painting) return
    for (const moved of event.getCoalescedEvents?.() ?? [event]) this.put(this.under(moved))
  }

  under(event) {
    const { side } = this.data
    const box = this.root.querySelector(".sheet").getBoundingClientRect()
    const at = (offset, size) => Math.min(side - 1, Math.max(0, Math.floor((offset / size) * side)))
    return at(event.clientY - box.top, box.height) * side + at(event.clientX - box.left, box.width)
  }

  key(event) {
    const boxes = this.boxes()
    const place = boxes.indexOf(event.target)
    if (place < 0 || arrowKey(event, boxes, this.data.side) >= 0) return
    if (/^\d$/.test(event.key)) this.put(place, Number(event.key) / 9)
  }

  inkKey(event) {
    const ink = arrowKey(event, this.inks())
    if (ink >= 0) this.choose(ink)
  }

  boxes() {
    return [...this.root.querySelectorAll(".sheet button")]
  }

  inks() {
    return [...this.root.querySelectorAll(".inks button")]
  }

  // ---- one frame for all that changed

  later() {
    if (this.pending) return
    this.pending = true
    requestAnimationFrame(() => {
      this.pending = false
      this.show()
    })
  }

  show() {
    const recons = this.recons()
    render(this.template(recons), this.root)
    oneStop(this.boxes())
    tabTo(this.inks(), this.ink)
    this.root.querySelectorAll("canvas").forEach((canvas, i) => recons[i] && digitTile(canvas, recons[i]))
    this.root.dataset.painted = String(recons.filter(Boolean).length)
  }

  /** What each network makes of the pixels, (784); null while it has not come. */
  recons() {
    const { side, networks } = this.data
    const step = SIDE / side
    const large = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
      return this.cells[Math.floor(i / SIDE / step) * side + Math.floor((i % SIDE) / step)]
    })
    return networks.map(({ sha256 }) => this.networks.get(sha256)?.forward(large) ?? null)
  }

  /** Whether the pixels are like those of some real digit: see Known in aecore/restore/upscaling.py. */
  get plausible() {
    const size = this.cells.length
    let nearest = Number.POSITIVE_INFINITY
    for (let at = 0; at < this.known.length && nearest > 0; at += size) {
      let sum = 0
      for (let i = 0; i < size && sum < nearest; i++) sum += (this.cells[i] - this.known[at + i] / 255) ** 2
      nearest = Math.min(nearest, sum)
    }
    return Math.sqrt(nearest / size) <= this.data.far
  }

  template(recons) {
    const { side, networks } = this.data
    const empty = !this.cells.some((ink) => ink > 0)
    const strange = !empty && !this.plausible
    this.root.classList.toggle("strange", strange)
    const places = Array.from({ length: side }, (_, i) => i)
    const grid = `grid-template: repeat(${side}, 1fr) / repeat(${side}, 1fr)`
    return html`<div class="left">
        <div class="sheet" role="grid" style=${grid} aria-label=${`${side} by ${side} pixels to paint`}
          @pointerdown=${(event) => this.press(event)} @pointermove=${(event) => this.drag(event)}
          @pointerup=${() => (this.painting = false)} @pointercancel=${() => (this.painting = false)}
          @keydown=${(event) => this.key(event)}>
          ${places.map((row) => html`<div role="row">${places.map((column) => this.cell(row, column))}</div>`)}
        </div>
        <div class="tools">
          <div class="inks" role="radiogroup" aria-label="Ink" @keydown=${(event) => this.inkKey(event)}>
            ${this.data.inks.map((ink, place) => this.inkBox(ink, place))}
          </div>
          <button type="button" @click=${() => this.reset()}>The digit above</button>
          <button type="button" @click=${() => this.clear()}>Clear</button>
        </div>
      </div>
      <div class="arrow" aria-hidden="true"><svg viewBox="0 0 24 24"><path d="M4 12h15 M13 6l6 6-6 6" /></svg></div>
      <div class="answers" aria-live="polite">
        ${networks.map((spec, i) => this.answer(spec, recons[i], !empty && !strange))}
        <p class="warning" ?hidden=${!strange}>
          Unlike any digit: the networks have seen nothing like it, and what they draw means little. Try less ink, or
          begin again with the digit above.
        </p>
      </div>`
  }

  cell(row, column) {
    const place = row * this.data.side + column
    const ink = this.cells[place]
    return html`<button type="button" role="gridcell" style=${`background: ${grey(ink)}`}
      aria-label=${`Row ${row + 1}, column ${column + 1}: ${percent(ink)}`}
      @click=${() => this.put(place)}></button>`
  }

  inkBox(ink, place) {
    return html`<button type="button" role="radio" style=${`background: ${grey(ink)}`}
      aria-label=${`${percent(ink)} ink`} title=${ink ? `${percent(ink)} ink` : "Erase"}
      aria-checked=${place === this.ink} @click=${() => this.choose(place)}></button>`
  }

  answer({ title, color }, recon, legible) {
    const judge = legible ? this.networks.get(this.data.judge) : null
    const p = recon && judge?.classify(recon)
    const reads = p?.indexOf(Math.max(...p))
    const said = p ? `reads ${reads} · ${percent(p[reads])}` : ""
    return html`<figure>
      <canvas width=${SIDE} height=${SIDE} role="img" aria-label=${`${title}${said && `, the judge ${said}`}`}></canvas>
      <figcaption>
        <div class="name"><i style=${`background: ${color}`}></i><span>${title}</span></div>
        <div class="reads">${said}</div>
        <div class="fits">${recon ? `fits your pixels: ${fits(recon, this.cells, this.data.side)} dB` : ""}</div>
      </figcaption>
    </figure>`
  }
}

/** PSNR between the painted pixels and an answer that is averaged to as few. */
function fits(recon, cells, side) {
  const step = SIDE / side
  const mean = new Float64Array(side * side)
  recon.forEach((value, i) => {
    mean[Math.floor(i / SIDE / step) * side + Math.floor((i % SIDE) / step)] += value / step ** 2
  })
  const error = mean.reduce((sum, value, i) => sum + (value - cells[i]) ** 2, 0) / mean.length
  const psnr = -10 * Math.log10(error)
  return psnr < 99 ? psnr.toFixed(0) : "\u221e"
}

const percent = (share) => `${Math.round(100 * share)}%`

function grey(ink) {
  return `rgb(${PAPER.map((paper) => Math.round(paper + ink * (255 - paper))).join()})`
}
