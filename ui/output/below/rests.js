// Tells the page that a stage shows something else, and that the hand rests: ui/output/below/below.js hears it.

const RESTED = 450 // ms without anything new

export class Rests {
  version = /** @type {string | undefined} */ (undefined)
  timer = 0

  /** @param {HTMLElement} root  of the stage */
  constructor(root) {
    this.root = root
  }

  /** The stage shows the content of this version; what it shows first, all that is below it shows, too. */
  shows(version) {
    if (this.version !== undefined && version !== this.version) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.root.isConnected && tellRest(version), RESTED)
    }
    this.version = version
  }
}

function tellRest(version) {
  document.dispatchEvent(new CustomEvent("stage:rests", { detail: version }))
}
