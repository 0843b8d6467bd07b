// Terms of the glossary in any text of the page: links to #term whose title explains them. The explanation opens under
// the pointer, at the focus and at a tap; Escape, or a press elsewhere, closes it.

import { dress } from "./place.js"

const TERM = "a[href='#term']"
const EDGE = 8 // px that the bubble keeps from the window's edge

let bubble = /** @type {HTMLElement | null} */ (null)
let skin = /** @type {HTMLElement | null} */ (null) // the component, which knows the theme's colours
let term = /** @type {HTMLAnchorElement | null} */ (null) // whose bubble is open

/** @param {Event} event */
const termOf = (event) => {
  for (const node of event.composedPath())
    if (node instanceof Element && node.matches(TERM)) return /** @type {any} */ (node)
  return null
}

const hide = () => {
  term?.removeAttribute("aria-describedby")
  term = null
  if (bubble) bubble.hidden = true
}

/** @param {HTMLAnchorElement} link */
const explainTerm = (link) => {
  if (!bubble || link === term) return
  hide()
  if (link.title) {
    link.dataset.about = link.title // a title of the browser's own would open over the bubble
    link.removeAttribute("title")
  }
  term = link
  bubble.textContent = link.dataset.about ?? ""
  bubble.hidden = false
  if (skin) dress(bubble, skin)
  link.setAttribute("aria-describedby", bubble.id)
  stand()
}

/** Beside its term, also while the page scrolls: the focus of a key scrolls its term into sight a moment later. */
const stand = () => {
  if (!bubble || !term) return
  const { left, top, bottom } = term.getBoundingClientRect()
  if (!term.isConnected || bottom < 0 || top > innerHeight) return hide()
  const { width, height } = bubble.getBoundingClientRect()
  const below = bottom + height + EDGE < innerHeight
  bubble.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`
  bubble.style.top = `${below ? bottom + 4 : top - height - 4}px`
}

/** @param {Event} event */
const over = (event) => {
  const link = termOf(event)
  if (link) explainTerm(link)
  else if (term && document.activeElement !== term && !event.composedPath().includes(/** @type {any} */ (bubble)))
    hide()
}

/** @param {Event} event */
const clickedTerm = (event) => {
  const link = termOf(event)
  if (!link) return hide()
  event.preventDefault() // it leads nowhere
  link.focus({ preventScroll: true })
  explainTerm(link)
}

/** @param {KeyboardEvent} event */
const keyed = (event) => {
  if (event.key !== "Escape" || !term) return
  event.preventDefault() // it closes this, and nothing else
  hide()
}

/** @param {Component} component */
export default function ({ parentElement }) {
  bubble = document.createElement("div")
  bubble.id = "term-bubble"
  bubble.className = "term-bubble"
  bubble.role = "tooltip"
  bubble.hidden = true
  document.body.append(bubble)
  skin = parentElement
  const mine = bubble
  const listeners = new AbortController()
  const { signal } = listeners
  document.addEventListener("pointerover", over, { signal })
  document.addEventListener("focusin", over, { signal })
  document.addEventListener("click", clickedTerm, { capture: true, signal })
  document.addEventListener("keydown", keyed, { capture: true, signal })
  addEventListener("scroll", stand, { capture: true, passive: true, signal })
  parentElement.querySelector("span").dataset.ready = ""
  return () => {
    listeners.abort()
    mine.remove()
    if (bubble === mine) bubble = null
  }
}
