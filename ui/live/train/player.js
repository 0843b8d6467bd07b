// What every board with a training has: it plays, pauses, steps and begins anew, rests while nobody looks, draws at most
// once a frame, and follows the theme. The board says what that means for its worker or workers.

/** The theme's colours and font that an element is seen in. */
export function themeOf(element) {
  const style = getComputedStyle(element)
  const of = (name) => style.getPropertyValue(`--st-${name}`).trim()
  const ground = of("background-color")
  const parts = /^#[0-9a-f]{6}$/i.test(ground)
    ? [1, 3, 5].map((at) => parseInt(ground.slice(at, at + 2), 16))
    : (ground.match(/\d+/g) ?? [255, 255, 255]).map(Number)
  return {
    text: of("text-color"),
    muted: of("gray-text-color") || of("text-color"),
    ground,
    line: of("border-color"),
    primary: of("primary-color"),
    font: of("font"),
    dark: (0.3 * parts[0] + 0.6 * parts[1] + 0.1 * parts[2]) / 255 < 0.5,
  }
}

export class Player {
  root = /** @type {any} */ (null)
  worker = /** @type {?Worker | undefined} */ (null)
  playing = false
  answer = /** @type {any} */ (null) // the worker's last
  dirty = true // the worker may have news
  stale = true // something must be painted
  since = 0 // steps at the last change
  frame = /** @type {?number} */ (null)

  /** Hears the bar's buttons, the space bar, the browser's tab and the theme. @param {HTMLElement} root */
  listen(root) {
    this.root = root
    this.find(".play").onclick = () => this.play(!this.playing)
    this.find(".step").onclick = () => this.step()
    this.find(".reset").onclick = () => this.reset()
    this.hidden = () => this.tellPlaying()
    document.addEventListener("visibilitychange", this.hidden)
    this.keys = (event) => this.keyDown(event)
    document.addEventListener("keydown", this.keys)
    this.scheme = matchMedia("(prefers-color-scheme: dark)")
    this.repaint = () => setTimeout(() => this.recolor(), 300) // once Streamlit has followed
    this.scheme.addEventListener("change", this.repaint)
  }

  /** Hears no more. */
  close() {
    this.scheme?.removeEventListener("change", /** @type {any} */ (this.repaint))
    document.removeEventListener("visibilitychange", /** @type {any} */ (this.hidden))
    document.removeEventListener("keydown", /** @type {any} */ (this.keys))
  }

  // ---- the board's

  /** Back to the start. */
  reset() {}

  /** The theme has changed. */
  recolor() {}

  /** One frame. @param {number} _now */
  draw(_now) {}

  /** Steps that are done. */
  get steps() {
    return this.answer?.steps ?? 0
  }

  /** Tells whoever trains. @param {{ do: string }} message */
  post(message) {
    this.worker?.postMessage(message)
  }

  // ---- what all do

  find(selector) {
    return this.root.querySelector(selector)
  }

  play(playing) {
    this.playing = playing
    this.since = this.steps
    this.tellPlaying()
    const button = this.find(".play")
    button.classList.toggle("on", playing)
    button.setAttribute("aria-label", playing ? "Pause" : "Play")
    button.title = playing ? "Pause (space)" : "Play (space)"
    this.dirty = true
    this.ask()
  }

  tellPlaying() {
    this.post(/** @type {any} */ ({ do: "play", playing: this.playing && !document.hidden }))
  }

  step() {
    if (this.playing) this.play(false)
    this.post({ do: "step" })
    this.dirty = true
    this.ask()
  }

  /** Something has changed: paint. */
  ask() {
    this.stale = true
    this.goOn()
  }

  /** Whether something must be painted, once. */
  outdated() {
    const { stale } = this
    this.stale = false
    return stale
  }

  /** Look again in the next frame. */
  goOn() {
    this.frame ??= requestAnimationFrame((now) => {
      this.frame = null
      this.draw(now)
    })
  }

  /** Space plays and pauses where nothing else wants the key. */
  keyDown(event) {
    if (event.key !== " " || event.defaultPrevented || event.repeat) return
    const [target] = event.composedPath()
    if (target !== document.body && target !== this.root) return
    event.preventDefault()
    this.play(!this.playing)
  }
}
