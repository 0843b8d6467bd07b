// The digit that the visitor brings, a star on every map: as Python knows it, or as the pen draws it right now.

import { normalizeDrawing } from "../../../ui/input/digit.js"

const SETTLE = 500 // ms
const DRAWING = "Your drawing" // ui/input/digit.py calls it so

export class Own {
  digit = /** @type {any} */ (null) // { x: (784), name, places: { map: [x, y] } }

  /** Give it `settle` and `refresh`: both ask Python, for what is below the maps and for all of it. */
  constructor(board) {
    this.settle = () => {}
    this.refresh = () => {}
    this.board = board
    this.listen = ({ detail }) => detail.key === this.pad && this.inked(detail)
    document.addEventListener("pad:ink", this.listen)
  }

  close() {
    document.removeEventListener("pad:ink", this.listen)
  }

  /** Python's view of it. What was drawn here later than that counts more, and Python is asked to look again. */
  hear(drawn, pad) {
    this.pad = pad
    const text = JSON.stringify(drawn)
    if (text === this.heard) return
    const x = drawn && Float32Array.from(atob(drawn.x), (character) => character.charCodeAt(0) / 255)
    if (this.inkX && drawn?.name === DRAWING && !alike(x, this.inkX)) return
    clearTimeout(this.refreshTimer)
    this.show(drawn && { ...drawn, x })
    clearTimeout(this.settleTimer) // what is below the maps follows once the hand rests
    if (this.heard) this.settleTimer = setTimeout(() => this.board.root.isConnected && this.settle(), SETTLE)
    this.heard = text
  }

  /** The pen moves: follow it. A slow device skips events, never the last one. */
  inked(detail) {
    this.waiting = detail
    clearTimeout(this.refreshTimer)
    const ask = () => this.board.root.isConnected && this.refresh()
    if (detail.final) this.refreshTimer = setTimeout(ask, 4 * SETTLE)
    this.inkTimer ??= setTimeout(() => {
      this.inkTimer = null
      this.inkX = normalizeDrawing(this.waiting.raster(112), 112)
      if (this.inkX) this.show({ x: this.inkX, name: DRAWING, places: {} })
      this.board.ask()
    })
  }

  show(digit) {
    this.digit = digit
    this.board.show()
    for (const panel of this.board.panels) panel.placeOwn()
  }
}

/** The ten corners of a star, [x, y] each. */
export function starCorners(px, py, radius) {
  return Array.from({ length: 10 }, (_, i) => {
    const [angle, length] = [(i / 5) * Math.PI - Math.PI / 2, i % 2 ? radius * 0.45 : radius]
    return [px + length * Math.cos(angle), py + length * Math.sin(angle)]
  })
}

/** Whether two pictures show the same drawing: Python's and ours differ by less than 0.012 a pixel on average. */
const alike = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) < 0.012 * a.length
