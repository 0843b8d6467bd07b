// A part far down a page: it fetches what it needs once it comes into sight, and paints at most once a frame.

import { Board } from "./board.js"

const EARLY = "200px" // before it is in sight

export class LateView extends Board {
  // ---- what others add

  /** The first data have come. */
  begin() {}

  /** Other data have come. @param {any} _before */
  changed(_before) {}

  /** It comes into sight. @returns {Promise<void> | void} a failure is said on the page */
  load() {}

  // ----

  update(data) {
    const before = this.data
    this.data = data
    if (before) return this.changed(before)
    this.begin()
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        watch.disconnect()
        this.fetched()
      },
      { rootMargin: EARLY },
    )
    watch.observe(this.root)
    this.ends.push(() => watch.disconnect())
  }

  async fetched() {
    try {
      await this.load()
    } catch (error) {
      const why = error instanceof Error ? error.message : ""
      this.say(`This part could not be fetched: ${why} Reload the page to try again.`)
    }
  }
}
