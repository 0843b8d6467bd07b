// A page's tour: one step at a time, which lights its place and is done when the visitor has done it. It asks nothing of
// the server: it listens to the page, and keeps its step in the address.

import { html, nothing, render } from "../vendor/lit-html.js"
import { dodge, lead, placeOf, standing } from "./place.js"
import { closeLater, viewAt } from "../view.js"

const STEP = "tour" // in the address
const LOOK = 250 // ms between two looks at the address and the page
const ENOUGH = 8 // movements of a pointer over a place that count as having been there
const USES = ["input", "change", "click", "pointerup"]
const HANDS = ["pointerdown", "wheel", "touchmove", "keydown"] // with these a visitor takes over where the page stands

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".tour")
  if (!root || !data) return
  const tour = viewAt(parentElement, () => new Tour(root))
  tour.update(data.steps)
  return closeLater(tour)
}

class Tour {
  steps = /** @type {any[]} */ ([])
  told = "" // the steps as they came
  step = 0 // 1 for the first, 0 while the tour is closed
  done = new Set() // steps that the visitor has done
  begin = new URLSearchParams() // the address when the step began
  moves = 0 // of a pointer over the place
  led = NaN // where the place stood on the page when the tour led there, in px
  held = false // the visitor has scrolled, tapped or typed since the step began
  closing = false // a bet's card, which this tour has closed, is still on its way out

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.card = root.querySelector(".card")
    this.ring = root.querySelector(".ring")
    this.listeners = new AbortController()
    const signal = this.listeners.signal
    document.addEventListener("head:tour", () => (this.step ? this.leave() : this.goTo(1, true)), { signal })
    for (const name of USES) document.addEventListener(name, (event) => this.used(event), { capture: true, signal })
    const hands = () => {
      this.held = true
    }
    for (const name of HANDS) document.addEventListener(name, hands, { capture: true, passive: true, signal })
    document.addEventListener("pointermove", (event) => this.moved(event), { capture: true, passive: true, signal })
    document.addEventListener("keydown", (event) => this.pressed(event), { signal })
    document.addEventListener("pad:ink", (event) => event.detail.final && this.finish("drew"), { signal })
    addEventListener("popstate", () => this.follow(), { signal })
    this.clock = setInterval(() => this.look(), LOOK)
  }

  close() {
    this.listeners.abort()
    clearInterval(this.clock)
    this.step = 0
  }

  update(steps) {
    const told = JSON.stringify(steps)
    if (told === this.told) return
    this.told = told // another page's
    this.steps = steps
    this.step = 0
    this.done.clear()
    this.follow()
    this.show()
  }

  /** The step that the address asks for. */
  follow() {
    const text = new URLSearchParams(location.search).get(STEP) ?? ""
    const step = /^\d{1,2}$/.test(text) ? Number(text) : 0
    this.goTo(step <= this.steps.length ? step : 0, false)
  }

  goTo(step, focused) {
    if (step === this.step) return
    const before = this.step
    this.step = step
    this.begin = new URLSearchParams(location.search)
    this.moves = 0
    this.led = NaN
    this.held = false
    if (!before && step) this.alone()
    if (step && this.now.done.kind === "read") this.done.add(step)
    this.address()
    this.show()
    this.look()
    if (step && focused) this.card.focus({ preventScroll: true })
    if (step) this.follows()
  }

  /** A bet that is open makes room. */
  alone() {
    const close = placeOf("teach_bet", "[class*=_bet_close] button")
    this.closing = close !== null
    close?.click()
  }

  leave() {
    const inside = this.root.contains(/** @type {any} */ (this.root.getRootNode()).activeElement)
    this.goTo(0, false)
    this.done.clear()
    if (inside) this.opener?.focus()
  }

  /** The button in the page's head, which is there for pages that have a tour. */
  get opener() {
    return /** @type {HTMLElement | null} */ (document.querySelector("[data-tool=tour]"))
  }

  get now() {
    return this.steps[this.step - 1]
  }

  place() {
    const { at, part } = this.now
    return placeOf(at, part) ?? placeOf(at)
  }

  address() {
    const url = new URL(location.href)
    if (this.step) url.searchParams.set(STEP, String(this.step))
    else url.searchParams.delete(STEP)
    if (url.href !== location.href) history.replaceState(history.state, "", url)
  }

  /** Whatever does not come as an event: what the address and the page say. */
  look() {
    if (this.opener) this.opener.hidden = this.steps.length === 0
    if (!this.step) return
    const address = new URLSearchParams(location.search)
    const bet = placeOf("teach_bet")
    if (!bet) this.closing = false
    else if (!this.closing) return this.leave() // a bet has been opened, and takes the tour's place
    this.address() // an answer of the server may bring an old one
    const place = this.place()
    const stands = place ? standing(place) : NaN
    if (place && (Number.isNaN(this.led) || (!this.held && Math.abs(stands - this.led) > 1))) {
      this.led = stands // and again while the page is still growing above it
      lead(place)
    }
    const { kind, name, value } = this.now.done
    if (kind === "link" && (value ? address.get(name) === value : address.get(name) !== this.begin.get(name)))
      this.finish(kind)
    if (kind === "shows" && placeOf(name || this.now.at, value)) this.finish(kind)
  }

  /** @param {Event} event */
  here(event) {
    const place = this.step ? this.place() : null
    return place !== null && event.composedPath().includes(place)
  }

  used(event) {
    if (!this.here(event)) return
    this.finish("used")
    if (event.type === "pointerup") this.finish("hovered")
  }

  moved(event) {
    if (!this.here(event)) return
    this.moves += 1
    if (this.moves >= ENOUGH) this.finish("hovered")
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (!this.step) return
    if (event.key === "Escape" && !event.defaultPrevented) this.leave()
    else if (event.key === "Enter" && event.ctrlKey) this.next()
    else if (event.key !== "Tab" && this.here(event)) {
      this.finish("hovered")
      if (event.key.startsWith("Arrow") || [" ", "Enter", "Home", "End"].includes(event.key)) this.finish("used")
    }
  }

  /** The visitor has done what steps of a kind ask for. */
  finish(kind) {
    if (!this.step || this.now.done.kind !== kind || this.done.has(this.step)) return
    this.done.add(this.step)
    this.show()
  }

  next() {
    if (this.step < this.steps.length) this.goTo(this.step + 1, false)
    else this.leave()
  }

  /** The focus goes to the lit place, for those who steer by keys. */
  enter() {
    const place = this.place()
    const inner = place && focusable(place)
    inner?.focus()
  }

  /** Ring and card follow the page, frame by frame, for as long as the tour is open. */
  follows() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      if (!this.step || !this.root.isConnected) return
      const place = this.place()
      const rect = place?.getBoundingClientRect()
      this.ring.hidden = !rect?.width
      if (rect) {
        const around = { left: rect.left - 8, top: rect.top - 8, width: rect.width + 10, height: rect.height + 10 }
        for (const [name, value] of Object.entries(around)) this.ring.style[name] = `${value}px`
      }
      dodge(this.card, place)
      this.follows()
    })
  }

  show() {
    this.card.hidden = !this.step
    this.opener?.setAttribute("aria-expanded", String(this.step > 0))
    if (!this.step) {
      this.ring.hidden = true
      return
    }
    const { text, then, done } = this.now
    const ready = this.done.has(this.step)
    const last = this.step === this.steps.length
    const word = last ? "Finish" : ready ? "Next" : "Skip"
    render(
      html`<div class="top">
          <b>Step ${this.step} of ${this.steps.length}</b>
          <span class="dots" aria-hidden="true">
            ${this.steps.map((_, i) => html`<i class=${i + 1 === this.step ? "now" : this.done.has(i + 1) ? "past" : ""}></i>`)}
          </span>
          <button type="button" aria-label="Leave the tour" title="Leave (Escape)" @click=${() => this.leave()}>✕</button>
        </div>
        <div aria-live="polite">
          <p>${text}</p>
          ${ready && done.kind !== "read" ? html`<p class="then">${then || "Done."}</p>` : nothing}
        </div>
        <div class="foot">
          ${this.step > 1 ? html`<button class="quiet" type="button" @click=${() => this.goTo(this.step - 1, false)}>Back</button>` : nothing}
          <button class="quiet enter" type="button" @click=${() => this.enter()}>Go there</button>
          <span class="keys" title="Ctrl and Enter: next step">Ctrl+↵</span>
          <button class=${ready ? "next ready" : "next"} type="button" @click=${() => this.next()}>${word}</button>
        </div>`,
      this.card,
    )
  }
}

/** The first thing inside of a place, or the place itself, that takes the focus, also in a component. */
function focusable(place) {
  const names = "a[href], button:not([disabled]), input, select, textarea, [tabindex]:not([tabindex='-1'])"
  if (place.matches?.(names)) return place
  for (const element of place.querySelectorAll("*")) {
    if (element.matches(names) && element.getClientRects().length) return element
    const deep = element.shadowRoot && focusable(element.shadowRoot)
    if (deep) return deep
  }
  return null
}
