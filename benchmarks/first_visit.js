// What a visitor has before them, as the browser lays it out: words, controls, targets, and where the focus is. Evaluated
// in a page; looks into open shadow roots.

globalThis.firstVisit = (() => {
  const CONTROLS =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], " +
    "[role=slider], [role=radio], [role=tab], [role=combobox], [role=option], [role=gridcell]"
  const SILENT = "script, style, noscript, template, title, desc, [data-testid=stIconMaterial]"
  const NEAR = 39.5 // px: 40 but for rounding
  const view = () => ({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })

  /** Every element below a root, in the order of the page. */
  function* elements(root = document.body) {
    for (const element of root.children) {
      yield element
      if (element.shadowRoot) yield* elements(element.shadowRoot)
      yield* elements(element)
    }
  }

  const parent = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null

  const holds = (outer, inner) => {
    for (let at = inner; at; at = parent(at)) if (at === outer) return true
    return false
  }

  const cut = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  })
  const large = ({ left, top, right, bottom }, least = 2) => right - left >= least && bottom - top >= least

  /** The part of a rectangle of an element that its ancestors do not clip. */
  const unclipped = (element, rect) => {
    for (let at = parent(element); at && at !== document.body; at = parent(at)) {
      const style = getComputedStyle(at)
      if (style.overflow !== "visible" && at.dataset?.testid !== "stMain") rect = cut(rect, at.getBoundingClientRect())
      if (style.position === "fixed") break
    }
    return rect
  }

  const visible = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    large(unclipped(element, element.getBoundingClientRect()))

  /** Texts that can be read on the first screen, word by word. */
  const words = () => {
    const read = []
    for (const root of [document.body, ...[...elements()].map(({ shadowRoot }) => shadowRoot).filter(Boolean)]) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      while (walker.nextNode()) {
        const text = walker.currentNode
        const element = text.parentElement
        if (!element || element.closest(SILENT) || /Material/.test(getComputedStyle(element).fontFamily)) continue
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
        for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
          const range = document.createRange()
          range.setStart(text, index)
          range.setEnd(text, index + word.length)
          if (large(cut(unclipped(text, range.getBoundingClientRect()), view()))) read.push(word)
        }
      }
    }
    for (const field of elements()) {
      const types = field.matches("input:is([type=text], [type=number], :not([type])), textarea")
      if (types && visible(field) && large(cut(field.getBoundingClientRect(), view()))) {
        read.push(...(field.value || field.placeholder).split(/\s+/).filter(Boolean))
      }
    }
    return read
  }

  /** What is pressed to use a control: itself, or the label or the track of a field that is not seen. */
  const target = (control) => {
    if (visible(control)) return control
    const label = control.labels?.[0] ?? control.closest("label, [data-testid=stSlider]")
    return label && visible(label) ? label : null
  }

  /** Visible interactive elements, the outermost where one is inside another. */
  const controls = () => {
    const part = (element) => element.matches("[role=combobox] ~ button") // its arrow
    const all = [...elements()].filter((one) => one.matches(CONTROLS) && !one.closest("[inert]") && !part(one))
    const targets = [...new Set(all.map(target))].filter(Boolean)
    const wraps = (outer) => targets.some((inner) => inner !== outer && holds(outer, inner))
    const pane = (element) => element.matches("[tabindex='0']:not([role])") && wraps(element) // one that scrolls
    const outer = targets.filter((element) => !pane(element))
    return outer.filter((element) => !outer.some((other) => other !== element && holds(other, element)))
  }

  const onScreen = (element) => large(cut(unclipped(element, element.getBoundingClientRect()), view()))

  const name = (element) => {
    const said = element.getAttribute("aria-label") || element.innerText || element.title || element.placeholder || ""
    const kind = element.getAttribute("role") || element.dataset?.testid || element.localName
    return `${kind} "${said.trim().replace(/\s+/g, " ").slice(0, 40)}"`
  }

  /** What lies at a place, through shadow roots. */
  const at = (x, y) => {
    let element = document.elementFromPoint(x, y)
    while (element?.shadowRoot) {
      const inner = element.shadowRoot.elementFromPoint(x, y)
      if (!inner || inner === element) break
      element = inner
    }
    return element
  }

  /** How far a press in the middle of a target may be off, in all: its own size, or what it catches beyond it. */
  const reach = (element) => {
    const box = element.getBoundingClientRect()
    if (box.width >= NEAR && box.height >= NEAR) return [box.width, box.height]
    element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" })
    const { left, top, width, height } = element.getBoundingClientRect()
    const [x, y] = [left + width / 2, top + height / 2]
    const hit = (dx, dy) => {
      const there = at(x + dx, y + dy)
      const label = there?.closest("label")
      return there && (holds(element, there) || (label?.control && holds(element, label.control)))
    }
    const far = (dx, dy) => {
      let steps = 0
      while (steps < 20 && hit(dx * (steps + 1), dy * (steps + 1))) steps++
      return steps
    }
    const across = far(1, 0) + far(-1, 0)
    const down = far(0, 1) + far(0, -1)
    return [Math.max(width, across), Math.max(height, down)]
  }

  /** Controls that a finger may miss, with their size in px; links in running text are as high as their line. */
  const small = () => {
    const running = (element) => element.matches("p a, li a, td a, figcaption a")
    const pressed = controls().filter((element) => !running(element))
    const sizes = pressed.map((element) => [name(element), ...reach(element).map(Math.round)])
    document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: "instant" })
    return sizes.filter(([, width, height]) => width < NEAR || height < NEAR)
  }

  /** Whether a picture of a selector stands wholly on the first screen. */
  const whole = (selector) =>
    [...elements()].some((element) => {
      if (!element.matches(selector) || !visible(element)) return false
      const box = element.getBoundingClientRect()
      const seen = cut(unclipped(element, box), view())
      const lost = Math.abs(seen.right - seen.left - box.width) + Math.abs(seen.bottom - seen.top - box.height)
      return lost < 2
    })

  /** The element that has the focus, through shadow roots. */
  const focused = () => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element
  }

  /** Whether the focus is on an element of a selector, or in one. */
  const focusedIn = (selector) => {
    for (let element = focused(); element; element = parent(element)) if (element.matches(selector)) return true
    return false
  }

  const exists = (selector) => [...elements()].some((element) => element.matches(selector))

  /** What the first screen holds. */
  const count = () => {
    const read = words()
    return {
      words: read.filter((word) => /\p{L}/u.test(word)).length,
      numbers: read.filter((word) => /\d/.test(word)).length,
      controls: controls().filter(onScreen).length,
    }
  }

  return { count, controls, elements, exists, focused, focusedIn, name, small, visible, whole, words }
})()
