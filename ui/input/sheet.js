// A sheet that a hand works on, whatever it leaves there: pointers, keys, tools, undo and redo, the ring, and when to
// send. On ui/input/pad/pad.js it draws strokes, on pages/inpaint/mask_pad/mask_pad.js it covers pixels.

import { contextOf } from "../output/picture.js"
import { Echo } from "./echo.js"

const SEND_EVERY = 150 // ms between two messages while the hand moves
export const DIRECTIONS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }

/**
 * What both sheets share. `units`: of places, a side; `tool`: what the tool is called aloud.
 *
 * The heir says what a hand does, in the methods that are empty here. `past` and `future` have what the sheet was:
 * contents are never changed in place.
 */
export class Sheet {
  past = /** @type {any[]} */ ([])
  future = /** @type {any[]} */ ([])
  live = /** @type {any} */ (null) // the stroke or drag under way; .pointer is its id, or "keys"
  erasing = false
  lastSend = 0
  timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined)

  /** @param {Skeleton} parentElement  @param {number} units  @param {string} tool */
  constructor(parentElement, units, tool) {
    this.units = units
    this.tool = tool
    this.keyboard = { x: units / 2, y: units / 2, shown: false }
    this.root = parentElement.querySelector(".pad")
    this.canvas = parentElement.querySelector("canvas")
    this.ring = parentElement.querySelector(".ring")
    this.slider = parentElement.querySelector("input")
    this.status = parentElement.querySelector("[role=status]")
    this.tools = Object.fromEntries([...this.root.querySelectorAll("button")].map((b) => [b.dataset.tool, b]))
    this.screen = contextOf(this.canvas)
    this.echo = new Echo(this.root)

    this.canvas.onpointerdown = (event) => this.pointerDown(event)
    this.canvas.onpointermove = (event) => this.pointerMove(event)
    this.canvas.onpointerup = this.canvas.onpointercancel = (event) => this.pointerUp(event)
    this.canvas.onlostpointercapture = (event) => this.pointerUp(event)
    this.canvas.onpointerleave = () => this.showRing(false)
    this.canvas.oncontextmenu = (event) => event.preventDefault() // a long press is a stroke
    this.canvas.onblur = () => {
      this.liftKeys()
      this.showRing(false)
    }
    this.root.onkeydown = (event) => this.keyDown(event)
    this.tools.eraser.onclick = () => this.setErasing(!this.erasing)
    this.tools.undo.onclick = () => this.travel(this.past, this.future, "Undone")
    this.tools.redo.onclick = () => this.travel(this.future, this.past, "Redone")
    this.tools.clear.onclick = () => this.clear()

    this.observer = new ResizeObserver(() => this.resize())
    try {
      this.observer.observe(this.canvas, { box: "device-pixel-content-box" }) // also fires on zoom
    } catch {
      this.observer.observe(this.canvas)
    }
  }

  close() {
    this.observer.disconnect()
    this.echo.close()
    clearTimeout(this.timer)
  }

  // ---- what an heir says

  /** What lies on the sheet, never changed in place. */
  get content() {
    return /** @type {any} */ (null)
  }

  /** The width of what the hand holds. */
  get size() {
    return 0
  }

  /** The hand comes down: sets `live`. @param {{erase: boolean, pressure: ?number}} _how */
  begin(_pointer, _x, _y, _how) {}

  /** The hand moves on. */
  extend(_x, _y, _pressure) {}

  /** The hand rises. */
  end() {}

  /** What the hand did since it came down is taken back. */
  drop() {}

  /** Shows what undo or redo goes to, and says the word. */
  setContent(_content, _word) {}

  /** Empties the sheet. */
  clear() {}

  paint() {}

  /** The canvas has another size. */
  resize() {}

  /** Tells Python. @param {boolean} _final  the hand is up */
  send(_final) {}

  /** An arrow key. @param {string} _direction  of DIRECTIONS  @param {boolean} _small  with Shift */
  keyMove(_direction, _small) {}

  /** Shows the ring where the pointer is, if it helps. */
  ringAt(_event) {}

  // ---- tools

  setErasing(erasing) {
    this.erasing = erasing
    this.tools.eraser.setAttribute("aria-pressed", String(erasing))
    this.say(erasing ? "Eraser" : this.tool)
  }

  travel(from, to, word) {
    if (this.live || !from.length) return
    to.push(this.content)
    this.setContent(from.pop(), word)
  }

  say(text) {
    this.status.textContent = text
  }

  /** Says which tools have something to do; none is seen before there is. `idle`: nobody needs them yet. */
  showTools(empty, idle = empty && !this.live) {
    this.root.classList.toggle("untouched", idle && !this.past.length && !this.future.length)
    this.tools.undo.disabled = !this.past.length
    this.tools.redo.disabled = !this.future.length
    this.tools.clear.disabled = empty
  }

  // ---- pointers

  place(event) {
    const box = this.canvas.getBoundingClientRect()
    const share = (value, from, length) => ((value - from) / length) * this.units
    return /** @type {[number, number]} */ ([
      share(event.clientX, box.left, box.width),
      share(event.clientY, box.top, box.height),
    ])
  }

  pointerDown(event) {
    this.liftKeys()
    const penEraser = event.pointerType === "pen" && event.button === 5
    if (this.live || (event.button !== 0 && !penEraser)) return // one pointer works; a palm beside it does not
    event.preventDefault()
    this.canvas.focus({ preventScroll: true }) // so that Ctrl-Z reaches the sheet
    try {
      this.canvas.setPointerCapture(event.pointerId)
    } catch {
      // the pointer is gone already; its stroke ends with the next event
    }
    this.keyboard.shown = false
    this.begin(event.pointerId, ...this.place(event), {
      erase: this.erasing || penEraser,
      pressure: event.pointerType === "pen" ? event.pressure : null,
    })
    this.ringAt(event)
  }

  // Browsers deliver one event a frame, with the places between in it.
  pointerMove(event) {
    this.ringAt(event)
    if (this.live?.pointer !== event.pointerId) return
    const events = event.getCoalescedEvents?.() ?? []
    for (const part of events.length ? events : [event]) this.extend(...this.place(part), part.pressure)
    this.paint()
    this.sendSoon()
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
    else if (key.startsWith("arrow")) this.keyMove(key.slice(5), event.shiftKey)
    else if (key === " ") handled = this.keyPen(event.repeat)
    else if (key === "escape" && (this.live || this.keyboard.shown)) this.keyLeave()
    else handled = false
    if (!handled) return
    event.preventDefault()
    event.stopPropagation() // Streamlit has single-letter shortcuts of its own
  }

  // Moves the tool by a step; it stays `margin` inside the sheet.
  keyStep(direction, step, margin = 0) {
    if (this.live && this.live.pointer !== "keys") return
    const { keyboard } = this
    const [dx, dy] = DIRECTIONS[direction]
    const inside = (value) => Math.max(margin, Math.min(value, this.units - margin))
    keyboard.x = inside(keyboard.x + dx * step)
    keyboard.y = inside(keyboard.y + dy * step)
    keyboard.shown = true
    if (this.live) {
      this.extend(keyboard.x, keyboard.y, 0.5)
      this.paint()
      this.sendSoon()
    }
    this.showRing(true, keyboard.x, keyboard.y)
  }

  /** Puts the tool down, or lifts it; false where there is none. */
  keyPen(repeat) {
    const { keyboard } = this
    if (repeat || (this.live && this.live.pointer !== "keys")) return true
    keyboard.shown = true
    if (this.live) this.liftKeys()
    else {
      this.begin("keys", keyboard.x, keyboard.y, { erase: this.erasing, pressure: null })
      if (this.live) this.say(`${this.erasing ? "Eraser" : this.tool} down`)
    }
    this.showRing(true, keyboard.x, keyboard.y)
    return true
  }

  liftKeys() {
    if (this.live?.pointer !== "keys") return
    this.end()
    this.say(`${this.tool} up`)
  }

  keyLeave() {
    if (this.live) {
      this.drop()
      this.say("Stroke dropped")
    } else this.keyboard.shown = false
    this.showRing(this.keyboard.shown, this.keyboard.x, this.keyboard.y)
  }

  // ---- the ring: what the tool would touch

  showRing(shown, x = 0, y = 0) {
    this.ring.hidden = !shown
    if (!shown) return
    const percent = (value) => `${(100 * value) / this.units}%`
    Object.assign(this.ring.style, { left: percent(x), top: percent(y), width: percent(this.size) })
    this.ring.classList.toggle("down", this.live?.pointer === "keys")
  }

  // ---- screen and messages

  /** Fits the canvas to the screen's own pixels; true when it changed. */
  fit() {
    const side = Math.round(this.canvas.getBoundingClientRect().width * devicePixelRatio)
    if (!side || side === this.canvas.width) return false
    this.canvas.width = this.canvas.height = side
    return true
  }

  sendSoon() {
    const wait = this.lastSend + SEND_EVERY - performance.now()
    if (wait <= 0) this.send(false)
    else this.timer ??= setTimeout(() => this.live && this.send(false), wait)
  }

  /** Notes that a message goes now: the next while the hand moves waits its time. */
  sending() {
    clearTimeout(this.timer)
    this.timer = undefined
    this.lastSend = performance.now()
  }
}
