// The lens beside the pointer: what the network decodes from this very place, the nearest real digit, its neighbours.

import { digitTile } from "../../../ui/output/picture.js"
import { network } from "../../../ui/live/store.js"

const PATIENCE_MS = 50 // the judge reads once the pointer rests
const NEIGHBOURS = 6

export class Lens {
  judge = /** @type {any} */ (null)
  at = /** @type {any} */ (null) // where it stands
  width = 0
  height = 0

  constructor(board) {
    this.board = board
    this.root = /** @type {Skeleton} */ (document.createElement("div"))
    this.root.className = "lens"
    this.root.hidden = true
    this.root.innerHTML = `
      <figure class="decoded"><canvas></canvas><figcaption><b>decoded here</b><span></span></figcaption></figure>
      <div><figure class="real"><canvas></canvas><figcaption><b>nearest digit</b><span></span></figcaption></figure>
      <div class="nearby">${"<figure><canvas></canvas><figcaption></figcaption></figure>".repeat(NEIGHBOURS)}</div></div>
      <p></p>`
    this.decoded = this.root.querySelector(".decoded")
    this.real = this.root.querySelector(".real")
    this.words = this.root.querySelector("p")
    this.nearby = [...this.root.querySelectorAll(".nearby figure")]
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
    this.decoded.hidden = !panel.alive
    if (panel.alive) this.decode(panel.codeAt(px, py))
    this.real.hidden = !near.length || !board.pixels
    if (!this.real.hidden && changed(this.real, near[0].digit)) {
      const label = panel.points.label[panel.points.row[near[0].digit]]
      digitTile(this.real.querySelector("canvas"), board.picture(near[0].digit))
      this.real.querySelector("span").textContent = `a ${label}`
    }
    this.nearby.forEach((figure, i) => {
      const found = near[i + 1]
      figure.hidden = !found || !board.pixels
      if (figure.hidden || !changed(figure, found.digit)) return
      const label = panel.points.label[panel.points.row[found.digit]]
      digitTile(figure.querySelector("canvas"), board.picture(found.digit))
      figure.style.setProperty("--class", board.colors[label])
      figure.querySelector("figcaption").textContent = label
    })
    const words = !board.pixels ? "The digits' pictures are on their way." : ""
    write(this.words, pinned && !touched ? "Pinned: arrow keys move it, Escape lets go." : words)
    this.root.hidden = false
    this.place()
  }

  decode(code) {
    const recon = this.board.point.panel.network.decode(code)
    digitTile(this.decoded.querySelector("canvas"), recon)
    this.last = recon
    const caption = this.decoded.querySelector("span")
    const key = code.join()
    if (key === this.read) return
    this.read = key
    write(caption, this.judge ? "\u2026" : "")
    clearTimeout(this.timer)
    if (!this.judge) return
    this.timer = setTimeout(() => {
      const shares = this.judge.classify(recon)
      const reads = shares.indexOf(Math.max(...shares))
      caption.textContent = `judge: ${reads}, ${Math.round(100 * shares[reads])} %`
      caption.classList.toggle("unsure", shares[reads] < 0.9)
    }, PATIENCE_MS)
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

/** Whether a figure shows another digit than it is to show; it is taken to show it from now on. */
function changed(figure, digit) {
  const other = figure.digit !== digit
  figure.digit = digit
  return other
}

/** Sets a text that is another one: even the same text would be laid out again. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}
