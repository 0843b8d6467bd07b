// A board that follows a pad: what the pen draws is its digit, at every stroke.

import { Board } from "./board.js"
import { normalizeDrawing } from "./input/digit.js"

export const PEN = 112 // pixels a side in which a drawing is read

/** Whoever extends it gives it `show`, and `drawn` if a drawing is to do more. */
export class PadBoard extends Board {
  x = /** @type {Float32Array} */ (new Float32Array(784)) // the digit
  seq = 0 // of the last drawing seen here
  drawing = false // the pen is down

  /** Hear of the ink of the pad that the message names: `drawn`. */
  followPad() {
    const listen = ({ detail }) => detail.key === this.data?.pad && this.drawn(detail)
    document.addEventListener("pad:ink", listen)
    this.ends.push(() => document.removeEventListener("pad:ink", listen))
  }

  /** What the pen drew, as the digit that networks are given (784); null for an empty sheet. */
  inked({ seq, final, raster }) {
    this.seq = Math.max(seq, this.seq)
    this.drawing = !final
    return normalizeDrawing(raster(PEN), PEN)
  }

  /** Whether Python's digit is the pen's last, or no pad draws it. */
  get caughtUp() {
    const { pad, seq } = this.data
    return !pad || (!this.drawing && seq >= this.seq)
  }

  /** The pad's ink has changed: another digit. @param {any} detail */
  drawn(detail) {
    const x = this.inked(detail)
    if (x) this.x = x
    this.later()
  }
}
