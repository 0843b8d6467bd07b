// What the boards of pages have in common: they draw once a frame, follow their own size, say what is amiss, and let go of
// all that when they close.

import { withNetwork } from "./live/store.js"

/** A component's view, see ui/view.js; whoever extends it gives it `show`. */
export class Board {
  data = /** @type {any} */ (null) // Python's message
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

  /** A line about what is amiss. @param {string} text */
  say(text) {
    this.find(".status").textContent = text
  }

  /**
   * Use a network once it is there, and draw; where it cannot be had, say so.
   * @param {string} sha256  of its card
   * @param {(network: import("./live/network.js").Network) => void} use
   * @param {string} [missing]  how the line begins that says why
   */
  meet(sha256, use, missing = "The live network is not available") {
    withNetwork(
      sha256,
      (loaded) => {
        use(loaded)
        this.later()
      },
      (why) => this.say(`${missing}: ${why}`),
    )
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
