// The hand of a question's card: it stands where it covers least, takes the focus, and Escape closes it.

import { dodge, dress, lead, placeOf } from "./place.js"

let shownState = "" // of the card that has had the focus
let toClose = () => {}

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const card = /** @type {HTMLElement | null} */ (parentElement?.closest(".st-key-teach_bet") ?? null)
  if (!card || !data) return
  const place = () => placeOf(data.place)
  const stand = () => card.isConnected && dodge(card, place())
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return
    placeOf("teach_bet", "[class*=_bet_close] button")?.click()
    const opener = placeOf(data.opener, "button")
    if (card.contains(document.activeElement)) opener?.focus({ preventScroll: true })
  }
  card.setAttribute("role", "region")
  card.setAttribute("aria-label", "Bet")
  card.setAttribute("aria-live", "polite")
  card.tabIndex = -1
  dress(card, parentElement)
  if (shownState !== data.state) {
    shownState = data.state
    card.focus({ preventScroll: true })
    const there = place()
    if (there) lead(there)
  }
  const sizes = new ResizeObserver(stand)
  sizes.observe(card)
  addEventListener("resize", stand)
  document.addEventListener("keydown", pressed)
  stand()
  toClose = () => {
    sizes.disconnect()
    removeEventListener("resize", stand)
    document.removeEventListener("keydown", pressed)
  }
  return () => {
    toClose()
    setTimeout(() => {
      if (!document.querySelector(".st-key-teach_bet")) shownState = ""
    })
  }
}
