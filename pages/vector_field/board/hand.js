// What mouse, pen, finger and keys do on the board's canvas: drop a point, drag it, or draw the data.

import { sayPointer } from "./readout.js"

const NEAR = 16 // px: a press this near to a dropped point takes it
const FINGER = 26
const SPACING = 0.035 // between two drawn points of a stroke
const KEY_STEP = 0.05

/** @param {import("./board.js").Board} board */
export function handle(board) {
  const { canvas } = board
  let hold = /** @type {any} */ (null) // the dropped point under the hand
  let last = /** @type {?number[]} */ (null) // drawn in this stroke

  /** @returns {[number, number]} */
  const at = (event) => {
    const box = canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  const place = (event) => board.view.toPlace(...at(event))

  /** The dropped point that a press means, if any. */
  const taken = ([px, py], reach) => {
    const far = (walker) => {
      const [x, y] = board.view.toPixels(board.view.dim === 1 ? [walker.start[0], walker.start[0]] : walker.start)
      return board.view.dim === 1 ? Math.abs(x - px) : Math.hypot(x - px, y - py)
    }
    return board.walkers.list.findLast((walker) => far(walker) < reach) ?? null
  }

  // a finger scrolls the page, unless it draws or takes a point
  canvas.addEventListener(
    "touchstart",
    (event) => {
      if (board.tool === "draw" || taken(at(event.touches[0]), FINGER)) event.preventDefault()
    },
    { passive: false },
  )

  canvas.onpointerdown = (event) => {
    if (event.button) return
    canvas.focus({ preventScroll: true })
    canvas.setPointerCapture(event.pointerId)
    if (board.tool === "draw") {
      board.beginStroke()
      last = place(event)
      board.put(last)
    } else {
      hold = taken(at(event), event.pointerType === "mouse" ? NEAR : FINGER) ?? board.drop(place(event))
      board.pointer = null
      board.ask()
    }
  }

  canvas.onpointermove = (event) => {
    if (last) {
      for (const one of event.getCoalescedEvents?.() ?? [event]) stroke(place(one))
    } else if (hold) {
      board.drag(hold, place(event))
    } else if (event.pointerType !== "touch") {
      board.pointer = place(event)
      board.ask()
    }
  }

  /** Points along a stroke, evenly spaced however fast the hand is. */
  const stroke = (to) => {
    for (;;) {
      const from = /** @type {number[]} */ (last)
      const gap = Math.hypot(...to.map((value, d) => value - from[d]))
      if (gap < SPACING * (board.view.dim === 1 ? 4 : 1)) return
      const part = Math.min((SPACING * (board.view.dim === 1 ? 4 : 1)) / gap, 1)
      last = from.map((value, d) => value + part * (to[d] - value))
      board.put(last)
    }
  }

  const release = () => {
    if (last) board.endStroke()
    if (hold) board.tellWalk()
    last = hold = null
  }
  canvas.onpointerup = release
  canvas.onpointercancel = () => {
    if (hold && performance.now() - hold.born < 300) board.lift(hold) // the finger scrolls
    release()
  }
  canvas.onpointerleave = () => {
    if (hold || last) return
    board.pointer = null
    board.ask()
  }
  canvas.onblur = () => {
    if (!canvas.matches(":hover")) board.pointer = null
    board.ask()
  }

  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (way) {
      const step = KEY_STEP * (event.shiftKey ? 0.2 : 1)
      board.pointer ??= Array.from({ length: board.view.dim }, () => 0)
      board.pointer = board.pointer.map((value, d) => {
        const edge = board.view.edges[d]
        return Math.max(-edge, Math.min(edge, value + step * way[d]))
      })
      sayPointer(board)
    } else if (event.key === "Enter" && !event.repeat) {
      const here = board.pointer ?? Array.from({ length: board.view.dim }, () => 0)
      if (board.tool === "draw") {
        board.beginStroke()
        board.put(here)
        board.endStroke()
      } else {
        board.drop(here)
        board.tellWalk()
      }
    } else if (event.key === " ") board.play(!board.playing)
    else if (event.key === "Escape") {
      board.pointer = null
      board.clearWalkers()
    } else return
    event.preventDefault()
    event.stopPropagation() // Streamlit has single-letter shortcuts of its own
    board.ask()
  }
}
