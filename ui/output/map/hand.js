// What mouse, pen, fingers and keys do to a map.

const CLICK = 4 // px: a press that moves less is a click
const STEP_PX = 5 // px of one arrow key
const GESTURE_MS = 400 // turns of a wheel that are no farther apart belong together

/**
 * Lets the visitor's hand act on a map; everything ends in calls to it and to its board.
 * @param {any} panel  a MapView
 * @param {any} board  hoverAt, leave, click, setPin, movePin, markNearest; scrolled: ms, when a wheel has scrolled the page
 *   last; and where one may draw around points lassoing, beginLasso, extendLasso, endLasso, dropLasso
 */
export function handle(panel, board) {
  const { plot } = panel
  const down = new Map() // pointer id -> its last event
  let press = /** @type {any} */ (null) // { px, py, moved, mode } of the first pointer that went down

  const at = (event) => {
    const box = plot.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  plot.onpointerdown = (event) => {
    if (event.button) return
    const [px, py] = at(event)
    const explores = event.pointerType === "touch" && plot.matches(":focus")
    down.set(event.pointerId, event)
    plot.setPointerCapture(event.pointerId)
    if (down.size > 1) return board.dropLasso?.()
    const lasso = board.beginLasso && (board.lassoing || event.shiftKey)
    press = { px, py, moved: false, mode: lasso ? "lasso" : explores ? "explore" : "pan" }
    if (lasso) board.beginLasso(panel, px, py)
  }

  plot.onpointermove = (event) => {
    const before = down.get(event.pointerId)
    const [px, py] = at(event)
    if (before && down.size > 1) pinch(before, event)
    else if (press && before) {
      press.moved ||= Math.hypot(px - press.px, py - press.py) > CLICK
      if (press.mode === "lasso") board.extendLasso(px, py)
      else if (press.mode === "explore" && press.moved) board.setPin(panel, px, py)
      else if (press.moved) panel.pan(event.clientX - before.clientX, event.clientY - before.clientY)
    }
    if (before) down.set(event.pointerId, event)
    if (event.pointerType !== "touch" && press?.mode !== "lasso") board.hoverAt(panel, px, py)
  }

  plot.onpointerup = (event) => {
    const clicked = press && !press.moved && down.size === 1
    const [px, py] = at(event)
    if (press?.mode === "lasso") board.endLasso()
    else if (clicked) board.click(panel, px, py)
    release(event)
  }

  plot.onpointercancel = (event) => {
    if (press?.mode === "lasso") board.dropLasso?.()
    release(event)
  }

  plot.onpointerleave = () => board.leave(panel)

  // The wheel zooms, but scrolls the page on where that is what it was doing, and away from a map that shows all.
  let zoomed = -Infinity // ms, when it did that last
  plot.addEventListener(
    "wheel",
    (event) => {
      const { timeStamp, deltaY, ctrlKey, metaKey } = event
      const scrolls = timeStamp - board.scrolled < GESTURE_MS
      const away = deltaY > 0 && panel.view && panel.view.scale <= panel.fitted * 1.001
      if (!ctrlKey && !metaKey && (scrolls || (away && timeStamp - zoomed > GESTURE_MS))) return // to the document
      event.preventDefault()
      event.stopPropagation()
      zoomed = timeStamp
      if (away && !ctrlKey && !metaKey) return // the end of a turn that zoomed
      panel.zoom(Math.exp(-deltaY * (ctrlKey ? 0.01 : 0.002)), ...at(event))
      board.hoverAt(panel, ...at(event))
    },
    { passive: false },
  )

  plot.ondblclick = (event) => panel.zoom(2, ...at(event))

  plot.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    const step = event.shiftKey ? STEP_PX / 5 : STEP_PX
    if (arrow) board.movePin(panel, arrow[0] * step, arrow[1] * step)
    else if (event.key === "+" || event.key === "=") panel.zoom(1.4)
    else if (event.key === "-") panel.zoom(1 / 1.4)
    else if (event.key === "0") panel.fit()
    else if (event.key === "Enter") board.markNearest(panel)
    else return
    event.preventDefault()
    event.stopPropagation() // Streamlit has single-letter shortcuts of its own
  }

  function release(event) {
    down.delete(event.pointerId)
    if (!down.size) press = null
  }

  function pinch(before, event) {
    const other = [...down.values()].find(({ pointerId }) => pointerId !== event.pointerId)
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
    const [px, py] = at(event)
    const [ox, oy] = at(other)
    panel.zoom(apart(event) / Math.max(apart(before), 1), (px + ox) / 2, (py + oy) / 2)
    panel.pan((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2)
    if (press) press.moved = true
  }
}
