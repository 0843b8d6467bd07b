// Streamlit closes its menu after a choice only where the browser calls itself mobile; here it closes on every screen
// so narrow that the menu covers the page. Whoever opens it by keyboard is led in, and out again.

const OPEN = "[data-testid=stExpandSidebarButton]"
const MENU = "[data-testid=stSidebar]"
const LINK = "[data-testid=stSidebarNavLink], [data-testid=stSidebar] [data-testid=stLogoLink]"
const PAGE = "[data-testid=stMain]"

/** @param {string} selector */
const part = (selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector))

// A press beside the menu: Streamlit's own way to close it, which does nothing where there is room for both.
const close = () => part(PAGE)?.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }))

/**
 * Give the focus to a part as soon as it is there.
 * @param {string} selector
 */
const lead = (selector, frames = 30) => {
  const there = part(selector)
  if (there) there.focus({ preventScroll: true })
  else if (frames > 0) requestAnimationFrame(() => lead(selector, frames - 1))
}

// Streamlit's list of pages holds a box a section, and only these hold its items: each of them is a list by itself.
const sections = () => {
  for (const list of document.querySelectorAll(`${MENU} ul`)) {
    const boxes = [...list.children].filter((child) => child.localName === "div")
    if (boxes.length) list.setAttribute("role", "presentation")
    for (const box of boxes) box.setAttribute("role", "list")
  }
}

/** @param {MouseEvent} event */
const clicked = (event) => {
  const target = /** @type {Element} */ (event.target)
  if (target.closest(OPEN)) {
    sections()
    lead(`${MENU} [aria-current=page]`)
  } else if (target.closest(LINK)) {
    close()
    lead(PAGE)
  }
}

/** @param {KeyboardEvent} event */
const pressed = (event) => {
  if (event.key !== "Escape" || !part(MENU)?.contains(document.activeElement)) return
  close()
  lead(OPEN)
}

// A table takes Tab for a step to its next cell, hundreds of them; arrow keys do that, and Tab goes on.
const passed = (/** @type {KeyboardEvent} */ event) => {
  const target = /** @type {Element} */ (event.target)
  if (event.key === "Tab" && target.closest("[data-testid=stDataFrame]")) event.stopPropagation()
}

export default function ({ parentElement }) {
  document.addEventListener("click", clicked)
  document.addEventListener("keydown", passed, true)
  addEventListener("popstate", close) // Back and Forward choose, too
  document.addEventListener("keydown", pressed)
  sections() // it is there while it is closed, too
  parentElement.querySelector("span").dataset.ready = ""
  return () => {
    document.removeEventListener("click", clicked)
    document.removeEventListener("keydown", passed, true)
    removeEventListener("popstate", close)
    document.removeEventListener("keydown", pressed)
  }
}
