// A part below a stage: it asks for a run of its own once the stage has rested on something else (rests.js) and the part
// is in sight. Nobody is asked for what nobody looks at.

import { closeLater, viewAt } from "../../view.js"

const EDGE = "-24px 0px" // of what is in sight: a part may begin right below a desk's first screen

const APART = 60 // ms: what two parts ask at once goes as one message, which runs only one of them

let dues = 0 // over all parts: a trigger counts only when its value is new
let free = 0 // ms, when the next part may ask

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  if (!data) return
  const part = viewAt(parentElement, () => new Below(parentElement.querySelector("i")))
  part.ask = () => setTriggerValue("due", ++dues)
  part.update(data.shown)
  return closeLater(part)
}

class Below {
  shown = "" // version of the stage's content of which the part speaks
  behind = false
  seen = false
  ask = () => {}

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.part = /** @type {HTMLElement} */ (root.closest("[data-testid=stVerticalBlock]") ?? root)
    this.hear = ({ detail }) => this.rests(detail)
    document.addEventListener("stage:rests", this.hear)
    this.watch = new IntersectionObserver((entries) => this.see(entries.at(-1)?.isIntersecting ?? false), {
      root: root.closest("[data-testid=stMain]"), // which scrolls
      rootMargin: EDGE,
    })
    this.watch.observe(this.part)
  }

  close() {
    document.removeEventListener("stage:rests", this.hear)
    this.watch.disconnect()
    delete this.part.dataset.behind
  }

  /** The part has run. */
  update(shown) {
    this.shown = shown
    this.mark(false)
  }

  /** The stage has rested on the content of this version. */
  rests(version) {
    this.mark(version !== this.shown)
    if (this.behind && this.seen) this.askInTurn()
  }

  see(seen) {
    const comes = seen && !this.seen
    this.seen = seen
    if (comes && this.behind) this.askInTurn()
  }

  askInTurn() {
    const now = performance.now()
    const turn = Math.max(now, free)
    free = turn + APART
    setTimeout(() => this.root.isConnected && this.behind && this.ask(), turn - now)
  }

  mark(behind) {
    this.behind = behind
    this.part.toggleAttribute("data-behind", behind)
  }
}
