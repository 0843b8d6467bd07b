// The mask pad in the browser: the digit, large, and the pixels that are missing, painted on it by hand; or a patch
// that is dragged. A mask is 784 bytes of 0 and 1, never changed in place, so a step of the history is a reference.

const SIDE = 28
const SEND_EVERY = 150 // ms between two messages while the hand moves
const HISTORY = 100 // steps
const PAPER = [11, 14, 16]
const INK = [255, 255, 255]
const HOLE = [17, 122, 112] // no digit has a colour
const HIDDEN_INK = [196, 247, 239] // what lies under the mask shines through, for the visitor only
const KEYS = {
  paint:
    "Arrow keys move the brush, with Shift by four pixels. Space puts it down and lifts it. Escape drops the stroke. " +
    "Control Z undoes, Control Shift Z redoes.",
  drag: "Arrow keys move the patch, with Shift by four pixels.",
}

const pads = new WeakMap() // parentElement -> MaskPad
let seq = 0 // of the last message: a pad that is mounted anew never falls behind
let brush = 4 // pixels across; the visitor's choice outlives a page switch

export default function ({ parentElement, data, setStateValue }) {
  if (!data) return
  let pad = pads.get(parentElement)
  if (!pad?.root.isConnected) {
    pad?.destroy()
    pad = new MaskPad(parentElement)
    pads.set(parentElement, pad)
  }
  pad.update(data, (message) => setStateValue("mask", message))
  return () => setTimeout(() => pad.root.isConnected || pad.destroy()) // Streamlit may clean up while we are on screen
}

class MaskPad {
  mask = new Uint8Array(SIDE * SIDE)
  digit = new Uint8Array(SIDE * SIDE)
  past = []
  future = []
  live = null // the stroke or drag under way: .pointer (its id, or "keys") and what it needs
  erasing = false
  keyboard = { x: SIDE / 2, y: SIDE / 2, shown: false }
  seq = -1 // none yet

  constructor(parentElement) {
    this.root = parentElement.querySelector(".pad")
    const find = (selector) => this.root.querySelector(selector)
    this.canvas = find("canvas")
    this.ring = find(".ring")
    this.slider = find("input")
    this.status = find("[role=status]")
    this.facts = find(".facts")
    this.keys = find("#keys")
    this.toolbar = find(".tools")
    this.tools = Object.fromEntries([...this.root.querySelectorAll("[data-tool]")].map((b) => [b.dataset.tool, b]))
    this.screen = this.canvas.getContext("2d")
    this.canvas.onpointerdown = (event) => this.pointerDown(event)
    this.canvas.onpointermove = (event) => this.pointerMove(event)
    this.canvas.onpointerup = this.canvas.onpointercancel = (event) => this.pointerUp(event)
    this.canvas.onlostpointercapture = (event) => this.pointerUp(event)
    this.canvas.onpointerleave = () => this.showRing(false)
    this.canvas.oncontextmenu = (event) => event.preventDefault() // a long press is a stroke
    this.canvas.onblur = () => {
      if (this.live?.pointer === "keys") this.end()
      this.showRing(false)
    }
    this.root.onkeydown = (event) => this.keyDown(event)
    this.tools.eraser.onclick = () => this.setErasing(!this.erasing)
    this.tools.undo.onclick = () => this.travel(this.past, this.future, "Undone")
    this.tools.redo.onclick = () => this.travel(this.future, this.past, "Redone")
    this.tools.clear.onclick = () => this.clear()
    this.slider.value = brush
    this.slider.oninput = () => (brush = this.slider.valueAsNumber)
    this.observer = new ResizeObserver(() => this.resize())
    this.observer.observe(this.canvas)
  }

  destroy() {
    this.observer.disconnect()
    clearTimeout(this.timer)
  }

  // What Python says. Its answer carries the seq of the last message that it knew: an older one comes too late.
  update(data, emit) {
    this.emit = emit
    this.canvas.setAttribute("aria-label", data.label)
    this.digit = bytes(data.digit)
    const fresh = this.seq < 0
    if (fresh || (!this.live && data.seq >= this.seq)) {
      this.seq = data.seq
      seq = Math.max(seq, data.seq)
      this.drag = data.drag
      const mask = unpacked(data.mask)
      if (!fresh && packed(mask) !== packed(this.mask)) this.remember()
      this.mask = mask
    }
    this.root.classList.toggle("dragging", !!this.drag)
    this.keys.textContent = KEYS[this.drag ? "drag" : "paint"]
    this.slider.disabled = this.tools.eraser.disabled = !!this.drag
    this.root.dataset.seq = data.seq // for the browser tests
    this.resize()
    this.paint()
  }

  // ---- what is covered

  remember() {
    this.past.push(this.mask)
    if (this.past.length > HISTORY) this.past.shift()
    this.future = []
  }

  travel(from, to, word) {
    if (this.live || !from.length) return
    to.push(this.mask)
    this.mask = from.pop()
    this.become(word)
  }

  clear() {
    if (this.live || !this.mask.includes(1)) return
    this.remember()
    this.mask = new Uint8Array(SIDE * SIDE)
    this.become("Cleared")
  }

  /** A whole new mask, from a button or a key: from now on it counts as painted. */
  become(word) {
    this.drag = null
    this.paint()
    this.send(true)
    this.say(word)
  }

  setErasing(erasing) {
    this.erasing = erasing
    this.tools.eraser.setAttribute("aria-pressed", String(erasing))
    this.say(erasing ? "Eraser" : "Brush")
  }

  say(text) {
    this.status.textContent = text
  }

  // ---- strokes and drags; places are in pixels of the digit, from its top left corner

  begin(pointer, x, y, erase) {
    this.keyboard.shown = pointer === "keys"
    this.lastSend = performance.now()
    this.live = { pointer, x, y, erase, before: this.mask }
    if (this.drag) {
      const { center, side } = this.drag
      const inside = Math.max(Math.abs(x - center[0] * SIDE), Math.abs(y - center[1] * SIDE)) <= side / 2
      this.live.grip = inside ? [center[0] * SIDE - x, center[1] * SIDE - y] : [0, 0] // else it jumps to the hand
    }
    this.extend(x, y)
  }

  extend(x, y) {
    const { live } = this
    if (this.drag) this.putPatch([(x + live.grip[0]) / SIDE, (y + live.grip[1]) / SIDE])
    else this.mask = stamped(this.mask, live.x, live.y, x, y, brush, live.erase ? 0 : 1)
    live.x = x
    live.y = y
    this.paint()
    this.sendSoon()
  }

  putPatch(center) {
    const rest = this.drag.side / 2 / SIDE
    this.drag = { ...this.drag, center: center.map((value) => Math.min(1 - rest, Math.max(rest, value))) }
    this.mask = square(this.drag)
  }

  end() {
    const { before } = this.live
    this.live = null
    if (packed(before) !== packed(this.mask)) {
      this.past.push(before)
      if (this.past.length > HISTORY) this.past.shift()
      this.future = []
    }
    this.paint()
    this.send(true)
  }

  drop() {
    this.mask = this.live.before
    this.live = null
    this.paint()
    this.send(true)
    this.say("Stroke dropped")
  }

  // ---- pointers

  place(event) {
    const box = this.canvas.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE]
  }

  pointerDown(event) {
    if (this.live?.pointer === "keys") this.end()
    const penEraser = event.pointerType === "pen" && event.button === 5
    if (this.live || (event.button !== 0 && !penEraser)) return // one pointer paints; a palm beside it does not
    event.preventDefault()
    this.canvas.focus({ preventScroll: true }) // so that Ctrl-Z reaches the pad
    try {
      this.canvas.setPointerCapture(event.pointerId)
    } catch {
      // the pointer is gone already; its stroke ends with the next event
    }
    this.begin(event.pointerId, ...this.place(event), this.erasing || penEraser)
    this.ringAt(event)
  }

  pointerMove(event) {
    this.ringAt(event)
    if (this.live?.pointer !== event.pointerId) return
    const events = event.getCoalescedEvents?.() ?? []
    for (const part of events.length ? events : [event]) this.extend(...this.place(part))
  }

  pointerUp(event) {
    if (this.live?.pointer === event.pointerId) this.end()
  }

  // ---- keys

  keyDown(event) {
    const command = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    let handled = true
    if (command && key === "z") this.tools[event.shiftKey ? "redo" : "undo"].click()
    else if (command && key === "y") this.tools.redo.click()
    else if (command || event.altKey || event.target !== this.canvas) handled = false
    else if (key.startsWith("arrow")) this.keyMove(key.slice(5), event.shiftKey ? 4 : 1)
    else if (key === " " && !this.drag) event.repeat || this.keyPen()
    else if (key === "escape" && this.live) this.drop()
    else handled = false
    if (!handled) return
    event.preventDefault()
    event.stopPropagation() // Streamlit has single-letter shortcuts of its own
  }

  keyMove(direction, step) {
    if (this.live && this.live.pointer !== "keys") return
    const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction]
    if (this.drag) {
      this.remember()
      this.putPatch([this.drag.center[0] + (dx * step) / SIDE, this.drag.center[1] + (dy * step) / SIDE])
      this.paint()
      this.send(true)
      return
    }
    const inside = (value) => Math.max(0.5, Math.min(value, SIDE - 0.5))
    const { keyboard } = this
    keyboard.x = inside(keyboard.x + dx * step)
    keyboard.y = inside(keyboard.y + dy * step)
    keyboard.shown = true
    if (this.live) this.extend(keyboard.x, keyboard.y)
    this.showRing(true, keyboard.x, keyboard.y)
  }

  keyPen() {
    const { keyboard } = this
    if (this.live && this.live.pointer !== "keys") return
    if (this.live) this.end()
    else this.begin("keys", keyboard.x, keyboard.y, this.erasing)
    this.say(this.live ? (this.erasing ? "Eraser down" : "Brush down") : "Brush up")
    keyboard.shown = true
    this.showRing(true, keyboard.x, keyboard.y)
  }

  // ---- the ring: how much the brush covers

  ringAt(event) {
    if (event.pointerType === "touch" || this.drag) return this.showRing(false)
    this.showRing(true, ...this.place(event))
  }

  showRing(shown, x, y) {
    this.ring.hidden = !shown
    if (!shown) return
    const percent = (value) => `${(100 * value) / SIDE}%`
    Object.assign(this.ring.style, { left: percent(x), top: percent(y), width: percent(brush) })
    this.ring.classList.toggle("down", this.live?.pointer === "keys")
  }

  // ---- painting

  resize() {
    const side = Math.round(this.canvas.getBoundingClientRect().width * devicePixelRatio)
    if (!side || side === this.canvas.width) return
    this.canvas.width = this.canvas.height = side
    this.paint()
  }

  paint() {
    const { screen, mask, digit } = this
    const edge = (i) => Math.round((i * this.canvas.width) / SIDE) // whole device pixels: crisp
    let covered = 0
    let ink = 0
    let all = 0
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y, share] = [i % SIDE, Math.floor(i / SIDE), digit[i] / 255]
      const color = mask[i] ? mixed(HOLE, HIDDEN_INK, 0.62 * share) : mixed(PAPER, INK, share)
      screen.fillStyle = `rgb(${color})`
      screen.fillRect(edge(x), edge(y), edge(x + 1) - edge(x), edge(y + 1) - edge(y))
      covered += mask[i]
      ink += mask[i] * share
      all += share
    }
    screen.strokeStyle = "#5fe3d3"
    screen.lineWidth = Math.max(1, Math.round(this.canvas.width / 300))
    screen.beginPath()
    for (const [x0, y0, x1, y1] of border(mask)) {
      screen.moveTo(edge(x0), edge(y0))
      screen.lineTo(edge(x1), edge(y1))
    }
    screen.stroke()
    this.tools.undo.disabled = !this.past.length
    this.tools.redo.disabled = !this.future.length
    this.tools.clear.disabled = !covered
    this.describe(covered, all ? ink / all : 0)
  }

  describe(covered, ink) {
    const number = document.createElement("b")
    number.textContent = `${covered} of 784 pixels missing`
    const doing = this.drag ? "Drag the patch." : covered ? "" : "Paint over what should go."
    this.facts.replaceChildren(number, `, ${Math.round(100 * ink)} % of the ink. ${doing}`)
  }

  // ---- messages

  sendSoon() {
    const wait = this.lastSend + SEND_EVERY - performance.now()
    if (wait <= 0) this.send(false)
    else this.timer ??= setTimeout(() => this.live && this.send(false), wait)
  }

  send(final) {
    clearTimeout(this.timer)
    this.timer = null
    this.lastSend = performance.now()
    const change = this.drag ? { center: this.drag.center } : { bits: packed(this.mask) }
    const text = JSON.stringify([change, final])
    if (text === this.sent) return
    this.sent = text
    this.seq = seq = Math.max(seq, this.seq) + 1
    this.emit({ seq, final, ...change })
  }
}

/** The mask with a line of the brush from place to place set to a value: pixels whose middle it covers. */
function stamped(mask, x0, y0, x1, y1, width, value) {
  const made = mask.slice()
  const reach = Math.max(width / 2, 0.5)
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length = dx * dx + dy * dy
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5]
    const t = length ? Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length)) : 0
    if (Math.hypot(x - x0 - t * dx, y - y0 - t * dy) <= reach) made[i] = value
  }
  const under = Math.floor(y1) * SIDE + Math.floor(x1) // also where a thin brush misses every middle
  if (x1 >= 0 && x1 < SIDE && y1 >= 0 && y1 < SIDE) made[under] = value
  return made
}

/** The patch as aecore.corruptions cuts it: pushed back inside at the border. */
function square({ center, side }) {
  const first = center.map((value) => Math.min(Math.max(0, Math.floor(value * SIDE - side / 2 + 0.5)), SIDE - side))
  const within = (i, from) => i >= from && i < from + side
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) =>
    within(i % SIDE, first[0]) && within(Math.floor(i / SIDE), first[1]) ? 1 : 0,
  )
}

/** Edges between missing and known pixels, [x0, y0, x1, y1] each. */
function border(mask) {
  const at = (x, y) => (x >= 0 && y >= 0 && x < SIDE && y < SIDE ? mask[y * SIDE + x] : 0)
  const edges = []
  for (let y = 0; y <= SIDE; y++) {
    for (let x = 0; x <= SIDE; x++) {
      if (at(x, y) !== at(x - 1, y)) edges.push([x, y, x, y + 1])
      if (at(x, y) !== at(x, y - 1)) edges.push([x, y, x + 1, y])
    }
  }
  return edges
}

function mixed(from, to, t) {
  return from.map((value, c) => Math.round(value + t * (to[c] - value)))
}

/** 784 bits, row by row, highest bit first, as base64 that a URL can carry. */
function packed(mask) {
  const whole = new Uint8Array((SIDE * SIDE) / 8)
  mask.forEach((value, i) => (whole[i >> 3] |= value << (7 - (i & 7))))
  return btoa(String.fromCharCode(...whole)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

function unpacked(text) {
  const whole = bytes(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (whole[i >> 3] >> (7 - (i & 7))) & 1)
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
