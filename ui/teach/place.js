// Places of the page by the keys of its elements, and where a card may stand so that it does not cover them.

const GAP = 16 // px between a card and the window's edge
const PHONE_WIDTH = 640 // px; narrower windows have the card as a sheet over their whole width

/**
 * An element of the page by its key, or a part of it by a selector, also inside of a component.
 * @param {string} key
 * @param {string} [part]
 * @returns {HTMLElement | null}
 */
export function placeOf(key, part = "") {
  const outer = /** @type {HTMLElement | null} */ (key ? document.querySelector(`.st-key-${CSS.escape(key)}`) : null)
  return outer && part ? within(outer, part) : outer
}

/**
 * The first element that matches, also in open shadow roots.
 * @param {Element | ShadowRoot} outer
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
function within(outer, selector) {
  const plain = /** @type {HTMLElement | null} */ (outer.querySelector(selector))
  if (plain) return plain
  for (const host of outer.querySelectorAll("*")) {
    const deep = host.shadowRoot && within(host.shadowRoot, selector)
    if (deep) return deep
  }
  return null
}

/** Where a place stands on the page, in px from its top, wherever the page is scrolled. */
export function standing(place) {
  const page = document.querySelector("[data-testid=stMain]")
  return place.getBoundingClientRect().top + (page?.scrollTop ?? scrollY)
}

/** Bring a place into view: on a phone below the bar, since a sheet covers the window's foot. */
export function lead(place) {
  const rect = place.getBoundingClientRect()
  const narrow = innerWidth < PHONE_WIDTH
  const top = document.querySelector("[data-testid=stHeader]")?.getBoundingClientRect().bottom ?? 0
  if (!narrow && rect.top >= top && rect.bottom <= innerHeight) return
  const tall = rect.height > innerHeight - top
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  place.style.scrollMarginTop = `${top + GAP}px`
  place.scrollIntoView({ block: narrow || tall ? "start" : "center", behavior: calm ? "auto" : "smooth" })
}

/** Put a card into the corner of the window where it covers least of a place; the right ones come first. */
export function dodge(card, place) {
  const { width, height } = card.getBoundingClientRect()
  const top = document.querySelector("[data-testid=stHeader]")?.getBoundingClientRect().bottom ?? 0
  const right = innerWidth - width - GAP
  const bottom = innerHeight - height - GAP
  const narrow = innerWidth < PHONE_WIDTH
  const corners = narrow
    ? [[0, innerHeight - height]]
    : [
        [right, bottom],
        [GAP, bottom],
        [right, top + GAP],
        [GAP, top + GAP],
      ]
  const rect = place?.getBoundingClientRect()
  const covered = (corner) => {
    const [x, y] = corner
    if (!rect) return 0
    const wide = Math.min(x + width, rect.right) - Math.max(x, rect.left)
    return Math.max(wide, 0) * Math.max(Math.min(y + height, rect.bottom) - Math.max(y, rect.top), 0)
  }
  const best = corners.reduce((least, corner) => (covered(corner) < covered(least) - 1 ? corner : least))
  card.style.left = `${Math.max(best[0], 0)}px`
  card.style.top = `${Math.max(best[1], 0)}px`
}

const THEME = ["--st-text-color", "--st-background-color", "--st-primary-color", "--st-border-color", "--st-font"]

/** Give an element outside of a component the colours and the font of the theme, which only components know. */
export function dress(element, component) {
  const style = getComputedStyle(component)
  for (const name of THEME) element.style.setProperty(name, style.getPropertyValue(name))
}
