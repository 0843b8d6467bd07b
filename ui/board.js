// What the boards of pages have in common: they draw once a frame, follow the pad's ink and their own size, and let go of
// both when they close.

import { normalizeDrawing } from "./input/digit.js"

export const PEN = 112 // pixels a side in which a drawing is read

/** A component's view, see ui/view.js; whoever extends it gives it `show`, and `drawn` if it follows a pad. */
export class Board {
  data = /** @type {any} */ (null) // Python's message
  x = /** @type {Float32Array} */ (new Float32Array(784)) // the digit
  seq = 0 // of the last drawing seen here
  drawing = false // the pen is down
  ends = /** @type {(() => void)[]} */ ([]) // what closing takes
  frame = /** @type {?number} */ (null)

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
  }

  /** A part of the skeleton, whatever its kind. @param {string} selector @returns {any} */
  find(selector) {
    return this.root.querySelector(selector)
  }

  /** Hear of the ink of the pad that the message names: `drawn`. */
  followPad() {
    const listen = ({ detail }) => detail.key === this.data?.pad && this.drawn(detail)
    document.addEventListener("pad:ink", listen)
    this.ends.push(() => document.removeEventListener("pad:ink", listen))
  }

  /** Draw again when a part has another size. @param {Element} part */
  followSize(part) {
    const sizes = new ResizeObserver(() => this.later())
    sizes.observe(part)
    this.ends.push(() => sizes.disconnect())
  }

  close() {
    for (const end of this.ends.splice(0)) end()
  }

  /** What the pen drew, as the digit that networks are given (784); null for an empty sheet. */
  inked({ seq, final, raster }) {
    this.seq = Math.max(seq, this.seq)
    this.drawing = !final
    return normalizeDrawing(raster(PEN), PEN)
  }

  /** The pad's ink has changed: another digit. @param {any} detail */
  drawn(detail) {
    const x = this.inked(detail)
    if (x) this.x = x
    this.later()
  }

  /** Draw in the next frame, once, however many events come until then. */
  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      if (this.data) this.show()
    })
  }

  show() {}

  /** Tell who waits for it that another frame is drawn. */
  counted() {
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn ?? 0) + 1)
  }
}
