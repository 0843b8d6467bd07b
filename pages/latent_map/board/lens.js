// What lies at the place that the visitor looks at: beside the pointer what the network decodes from it, and below the
// maps, where it covers nothing, that again with the nearest real digits.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { aDigit } from "../../../ui/output/article.js"
import { digitTile } from "../../../ui/output/picture.js"
import { ran } from "../../../ui/live/ran.js"
import { withNetwork } from "../../../ui/live/store.js"

const PATIENCE_MS = 50 // the judge reads once the pointer rests
const NEIGHBOURS = 6
const HINT = "Hover over either map."

export class Lens {
  judge = /** @type {any} */ (null)
  shown = /** @type {any} */ (null) // { panel, near, words } or null where nobody looks
  at = /** @type {any} */ (null) // where the pointer is
  recon = /** @type {any} */ (null) // what is decoded, (784)
  verdict = "" // the judge's
  painted = new WeakMap() // canvas -> the digit that it shows
  width = 0
  height = 0

  constructor(board) {
    this.board = board
    this.root = document.createElement("div") // beside the pointer
    this.root.className = "lens"
    this.root.hidden = true
    this.dock = document.createElement("div") // below the maps
    this.dock.className = "dock"
    this.observer = new ResizeObserver(() => {
      ;[this.width, this.height] = [this.root.offsetWidth, this.root.offsetHeight]
      if (!this.root.hidden) this.place()
    })
    this.observer.observe(this.root)
    this.draw()
  }

  /** The judge's sha256, or an empty text for none. */
  hire(sha256) {
    if (sha256 && sha256 !== this.hired) withNetwork(sha256, (judge) => this.meet(judge))
    this.hired = sha256
  }

  meet(judge) {
    this.judge = judge
    this.board.root.dataset.judge = "here"
  }

  hide() {
    if (!this.shown) return
    this.root.hidden = true
    this.shown = null
    clearTimeout(this.timer)
    this.draw()
  }

  /**
   * @param {{panel, px, py, pinned, touched}} point  where
   * @param {{digit: number, pixels: number}[]} near  real digits, nearest first
   */
  show({ panel, px, py, pinned, touched }, near) {
    const { board } = this
    const waits = board.pixels ? (pinned ? "" : "Click to pin.") : "The digits' pictures are on their way."
    const words = pinned && !touched ? "Pinned: arrow keys move it, Escape lets go." : waits
    this.shown = { panel, near: board.pixels ? near.map(({ digit }) => digit) : [], words }
    if (panel.alive) this.decode(panel.network, panel.codeAt(px, py))
    this.root.hidden = pinned || touched || !panel.alive // what is pinned is not covered
    this.draw()
    if (this.root.hidden) return
    this.at = { px, py, ground: board.root.getBoundingClientRect(), plot: panel.plot.getBoundingClientRect() }
    this.place()
  }

  decode(net, code) {
    this.recon = net.decode(code)
    ran(net, "decode", code)
    const key = code.join()
    if (key === this.read) return
    this.read = key
    this.verdict = this.judge ? "\u2026" : ""
    clearTimeout(this.timer)
    if (!this.judge) return
    this.timer = setTimeout(() => {
      const shares = this.judge.classify(this.recon)
      const reads = shares.indexOf(Math.max(...shares))
      this.verdict = `reads ${reads}, ${Math.round(100 * shares[reads])}%`
      if (this.shown) this.draw()
    }, PATIENCE_MS)
  }

  /** Everything that changes with the pointer; what is the same costs nothing, not even a layout. */
  draw() {
    if (!this.shown) return render(html`<p>${HINT}</p>`, this.dock)
    const { panel, near, words } = this.shown
    const { board, verdict } = this
    const labelOf = (digit) => panel.points.label[panel.points.row[digit]]
    const neighbour = (_, i) => {
      const label = i + 1 < near.length ? labelOf(near[i + 1]) : ""
      return html`<figure ?hidden=${label === ""} style=${`--class: ${board.colors[label]}`}
        ><canvas></canvas><figcaption>${label}</figcaption></figure>`
    }
    const [nearest] = near.map(labelOf)
    const decoded = html`<figure class="decoded"><canvas></canvas><figcaption
      ><b>Decoded here</b><span>${verdict}</span></figcaption></figure>`
    const real = html`<figure class="real"><canvas></canvas><figcaption
      ><b>Nearest digit</b><span>${aDigit(nearest)}</span></figcaption></figure>`
    render(
      html`${panel.alive ? decoded : nothing}${near.length ? real : nothing}
        <div class="nearby">${near.length > 1 ? Array.from({ length: NEIGHBOURS }, neighbour) : nothing}</div>
        <p>${words}</p>`,
      this.dock,
    )
    if (!this.root.hidden) {
      render(html`<canvas></canvas><span>${verdict}</span>`, this.root)
      digitTile(/** @type {any} */ (this.root.querySelector("canvas")), this.recon)
    }
    const canvases = [...this.dock.querySelectorAll("canvas")]
    if (panel.alive) digitTile(/** @type {any} */ (canvases.shift()), this.recon)
    canvases.forEach((canvas, i) => {
      if (i >= near.length || this.painted.get(canvas) === near[i]) return
      digitTile(canvas, board.picture(near[i]))
      this.painted.set(canvas, near[i])
    })
  }

  /** Beside the point, where there is room. It measures nothing: that would cost a layout a frame. */
  place() {
    const { px, py, ground, plot } = this.at
    const { width, height } = this
    const [x, y] = [plot.left - ground.left + px, plot.top - ground.top + py]
    const left = x + 22 + width <= ground.width ? x + 22 : x - 22 - width
    this.root.style.transform = `translate(${Math.round(Math.max(0, left))}px, ${Math.round(y - height / 2)}px)`
  }
}
