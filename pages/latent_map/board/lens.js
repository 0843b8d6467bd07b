// The lens beside the pointer: what the network decodes from this very place, the nearest real digit, its neighbours.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { digitTile } from "../../../ui/output/picture.js"
import { network } from "../../../ui/live/store.js"

const PATIENCE_MS = 50 // the judge reads once the pointer rests
const NEIGHBOURS = 6

export class Lens {
  judge = /** @type {any} */ (null)
  at = /** @type {any} */ (null) // where it stands
  shown = /** @type {any} */ (null) // { panel, near, words }
  recon = /** @type {any} */ (null) // what is decoded, (784)
  verdict = { text: "", unsure: false } // the judge's
  painted = new WeakMap() // canvas -> the digit that it shows
  width = 0
  height = 0

  constructor(board) {
    this.board = board
    this.root = document.createElement("div")
    this.root.className = "lens"
    this.root.hidden = true
    this.observer = new ResizeObserver(() => {
      ;[this.width, this.height] = [this.root.offsetWidth, this.root.offsetHeight]
      if (!this.root.hidden) this.place()
    })
    this.observer.observe(this.root)
  }

  /** The judge's sha256, or an empty text for none. */
  hire(sha256) {
    if (sha256 && sha256 !== this.hired)
      network(sha256).then(
        (judge) => this.meet(judge),
        () => {},
      )
    this.hired = sha256
  }

  meet(judge) {
    this.judge = judge
    this.board.root.dataset.judge = "here"
  }

  hide() {
    this.root.hidden = true
    clearTimeout(this.timer)
  }

  /**
   * @param {{panel, px, py, pinned, touched}} point  where
   * @param {{digit: number, pixels: number}[]} near  real digits, nearest first
   */
  show({ panel, px, py, pinned, touched }, near) {
    const { board } = this
    this.at = { px, py, touched, ground: board.root.getBoundingClientRect(), plot: panel.plot.getBoundingClientRect() }
    const waits = board.pixels ? "" : "The digits' pictures are on their way."
    const words = pinned && !touched ? "Pinned: arrow keys move it, Escape lets go." : waits
    this.shown = { panel, near: board.pixels ? near.map(({ digit }) => digit) : [], words }
    if (panel.alive) this.decode(panel.network, panel.codeAt(px, py))
    this.draw()
    this.root.hidden = false
    this.place()
  }

  decode(net, code) {
    this.recon = net.decode(code)
    const key = code.join()
    if (key === this.read) return
    this.read = key
    this.verdict = { text: this.judge ? "\u2026" : "", unsure: false }
    clearTimeout(this.timer)
    if (!this.judge) return
    this.timer = setTimeout(() => {
      const shares = this.judge.classify(this.recon)
      const reads = shares.indexOf(Math.max(...shares))
      const text = `judge: ${reads}, ${Math.round(100 * shares[reads])} %`
      this.verdict = { text, unsure: shares[reads] < 0.9 }
      this.draw()
    }, PATIENCE_MS)
  }

  /** Everything that changes with the pointer; what is the same costs nothing, not even a layout. */
  draw() {
    const { panel, near, words } = this.shown
    const { board, verdict } = this
    const labelOf = (digit) => panel.points.label[panel.points.row[digit]]
    const neighbour = (_, i) => {
      const label = i + 1 < near.length ? labelOf(near[i + 1]) : ""
      return html`<figure ?hidden=${label === ""} style=${`--class: ${board.colors[label]}`}
        ><canvas></canvas><figcaption>${label}</figcaption></figure>`
    }
    const template = html`<figure class="decoded" ?hidden=${!panel.alive}><canvas></canvas><figcaption
        ><b>decoded here</b><span class=${verdict.unsure ? "unsure" : ""}>${verdict.text}</span></figcaption></figure>
      <div>
        <figure class="real" ?hidden=${!near.length}><canvas></canvas><figcaption
          ><b>nearest digit</b><span>${near.length ? `a ${labelOf(near[0])}` : ""}</span></figcaption></figure>
        <div class="nearby">${Array.from({ length: NEIGHBOURS }, neighbour)}</div>
      </div>
      <p>${words}</p>`
    render(template, this.root)
    const [decoded, ...others] = this.root.querySelectorAll("canvas")
    if (panel.alive) digitTile(decoded, this.recon)
    others.forEach((canvas, i) => {
      if (i >= near.length || this.painted.get(canvas) === near[i]) return
      digitTile(canvas, board.picture(near[i]))
      this.painted.set(canvas, near[i])
    })
  }

  /** Beside the point, where there is room; above a finger. It measures nothing: that would cost a layout a frame. */
  place() {
    const { px, py, touched, ground, plot } = this.at
    const { width, height } = this
    const [x, y] = [plot.left - ground.left + px, plot.top - ground.top + py]
    const right = x + 22 + width <= ground.width
    let left = right ? x + 22 : x - 22 - width
    let top = y - height / 2
    if (touched || left < 0) [left, top] = [x - width / 2, y - height - 34]
    left = Math.max(0, Math.min(left, ground.width - width))
    if (top + ground.top < 0) top = Math.max(top, 0)
    this.root.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(top, -40))}px)`
  }
}
