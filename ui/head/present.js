// A page before a class: larger type, nothing around it, one figure at a time. A figure is the stage, or what stands from
// one heading to the next. Its number is in the address (?present=2), where it also begins from.

const KEY = "present"
const HEAD = ".st-key-head"
const HEADING = "[data-testid=stHeading] :is(h2, h3), [data-testid=stExpander]"
const SCROLLED = "[data-testid=stMain]"
const LEAST = 40 // px: what is lower is no figure
const OWN_KEYS = "input, textarea, select, [role=slider], [role=application], [role=option], [role=radio], [role=tab]"

class Presenter {
  place = 0 // of the figure that is wanted; the page may not have come so far yet
  last = 0 // the last figure that there is
  active = false
  bar = /** @type {any} */ (null)
  frame = /** @type {number | undefined} */ (undefined)
  observer = new MutationObserver(() => this.later())

  /** The toolbar of a page has come. @param {Skeleton} bar  the buttons that stand below the figure */
  mount(bar) {
    this.bar = bar
    bar.onclick = (/** @type {any} */ { target }) => {
      const way = target.closest("[data-go]")?.dataset.go
      if (way === "leave") this.leave()
      else if (way) this.go(way === "next" ? 1 : -1)
    }
    document.removeEventListener("keydown", this.keys)
    document.addEventListener("keydown", this.keys)
    this.observer.disconnect()
    if (this.page()) this.observer.observe(/** @type {Element} */ (this.page()), { childList: true })
    const asked = Number(new URL(location.href).searchParams.get(KEY))
    if (Number.isInteger(asked) && asked > 0) this.enter(asked - 1)
    else if (this.active) this.enter(0) // another page
  }

  enter(place) {
    this.place = place
    this.active = true
    document.documentElement.dataset.present = ""
    this.apply()
  }

  leave() {
    this.active = false
    delete document.documentElement.dataset.present
    for (const part of this.page()?.children ?? []) part.removeAttribute("data-presented")
    this.bar.hidden = true
    this.write(null)
    dispatchEvent(new Event("resize"))
    const button = document.querySelector("[data-tool=share]") // whose panel it began from
    if (button instanceof HTMLElement) button.focus()
  }

  /** Where a page's parts stand one below the other. @returns {?Element} */
  page() {
    return document.querySelector(HEAD)?.parentElement?.closest("[data-testid=stVerticalBlock]") ?? null
  }

  /** The page's parts by figure; the first has the head. @returns {Element[][]} */
  figures() {
    const figures = /** @type {Element[][]} */ ([[]])
    for (const part of this.page()?.children ?? []) {
      if (part.querySelector(HEADING) && figures[0].length > 1) figures.push([])
      figures[figures.length - 1].push(part)
    }
    return figures.filter((parts) => parts.some(visible))
  }

  go(step) {
    this.place = Math.max(0, Math.min(this.place, this.last) + step)
    this.apply()
    this.place = Math.min(this.place, this.last)
    document.querySelector(SCROLLED)?.scrollTo(0, 0)
  }

  /** What a presenter's remote control does: to the rest of a high figure, then to the next one. */
  turn(step) {
    const main = /** @type {HTMLElement} */ (document.querySelector(SCROLLED))
    const left = step > 0 ? main.scrollHeight - main.clientHeight - main.scrollTop : main.scrollTop
    if (left < LEAST) this.go(step)
    else main.scrollBy({ top: step * 0.85 * main.clientHeight })
  }

  later() {
    if (this.active) this.frame ??= requestAnimationFrame(() => this.apply())
  }

  apply() {
    this.frame = undefined
    if (!this.active) return
    const parts = [...(this.page()?.children ?? [])]
    for (const part of parts) part.removeAttribute("data-presented") // what is hidden has no height
    const figures = this.figures()
    this.last = figures.length - 1
    const place = Math.min(this.place, this.last)
    const now = new Set(figures[place])
    for (const part of parts) {
      const head = part.querySelector(HEAD) // has the buttons
      if (!now.has(part)) part.setAttribute("data-presented", head ? "head" : "no")
    }
    this.bar.hidden = false
    this.bar.querySelector("output").textContent = `${place + 1} / ${figures.length}`
    this.bar.querySelector("[data-go=back]").disabled = place === 0
    this.bar.querySelector("[data-go=next]").disabled = place === this.last
    this.write(String(this.place + 1))
    dispatchEvent(new Event("resize"))
  }

  write(value) {
    const address = new URL(location.href)
    if (address.searchParams.get(KEY) === value) return
    if (value === null) address.searchParams.delete(KEY)
    else address.searchParams.set(KEY, value)
    history.replaceState(history.state, "", address)
  }

  /** @param {KeyboardEvent} event */
  keys = (event) => {
    if (!this.active || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (document.querySelector("dialog[open]")) return
    const target = /** @type {Element} */ (event.composedPath()[0])
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const turn = { PageDown: 1, PageUp: -1 }[event.key]
    if (event.key === "Escape") this.leave()
    else if (step && !target.matches?.(OWN_KEYS)) this.go(step)
    else if (turn && !target.matches?.("textarea, select, [role=slider]")) this.turn(turn)
    else return
    event.preventDefault()
  }
}

const visible = (part) => part.getBoundingClientRect().height >= LEAST

export const presenter = new Presenter()
