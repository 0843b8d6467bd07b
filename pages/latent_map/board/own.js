// The digit that the visitor brings, a star on every map: as Python knows it, or as the pen draws it right now.
// Drawings are numbered (`seq`): what Python says of an older one than the pen has left here is not heard.

import { normalizeDrawing } from "../../../ui/input/digit.js"
import { Rests } from "../../../ui/output/below/rests.js"

const PATIENCE = 2000 // ms until Python is asked for what it has not said of a drawing, twice as long each time
const DRAWING = "Your drawing" // ui/input/digit.py calls it so

export class Own {
  digit = /** @type {any} */ (null) // { x: (784), name, places: { map: [x, y] } }
  seq = 0 // of the last drawing that the pen has left here
  known = -1 // and of the last one that Python has spoken of
  drawing = false // the pen is down
  ahead = false // the digit is the pen's, not Python's
  waiting = /** @type {any} */ (null) // the pad's last event, not shown yet

  /** Give it `refresh`: it asks Python for all that the maps show. */
  constructor(board) {
    this.refresh = () => {}
    this.board = board
    this.rests = new Rests(board.root)
    this.listen = ({ detail }) => detail.key === this.pad && this.inked(detail)
    document.addEventListener("pad:ink", this.listen)
  }

  close() {
    document.removeEventListener("pad:ink", this.listen)
    clearTimeout(this.refreshTimer)
  }

  /** Python's view of it. */
  hear(drawn, pad) {
    this.pad = pad
    const seq = drawn?.seq ?? Number.POSITIVE_INFINITY // from no pad
    if (seq < Number.POSITIVE_INFINITY && (this.drawing || seq < this.seq)) return
    clearTimeout(this.refreshTimer)
    this.known = drawn?.seq ?? -1
    this.waiting = null
    this.drawing = false
    const text = JSON.stringify(drawn)
    if (text === this.heard && !this.ahead) return
    this.ahead = false
    this.show(drawn && { ...drawn, x: Float32Array.from(atob(drawn.x), (letter) => letter.charCodeAt(0) / 255) })
    if (drawn) this.rests.shows(drawn.version)
    this.heard = text
  }

  /** The pen moves: follow it. A slow device skips events, never the last one. */
  inked(detail) {
    if (detail.final && detail.seq <= this.known && !this.drawing && !this.ahead) return // Python has spoken of this one
    this.drawing = !detail.final
    detail.followed = true
    this.seq = Math.max(this.seq, detail.seq)
    this.waiting = detail
    clearTimeout(this.refreshTimer)
    if (detail.final) this.insist(PATIENCE)
    this.inkTimer ??= setTimeout(() => {
      this.inkTimer = null
      const x = this.waiting && normalizeDrawing(this.waiting.raster(112), 112)
      this.waiting = null
      if (x) {
        this.ahead = true
        this.show({ x, name: DRAWING, places: {} })
      }
      this.board.ask()
    })
  }

  /** Asks Python for the last drawing until it speaks of it. */
  insist(patience) {
    this.refreshTimer = setTimeout(() => {
      if (!this.board.root.isConnected) return
      this.refresh()
      this.insist(2 * patience)
    }, patience)
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
