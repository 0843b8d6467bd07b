// The mask pad in the browser: the digit, large, and the pixels that are missing, painted on it by hand; or a patch
// that is dragged. A mask is 784 bytes of 0 and 1, never changed in place, so a step of the history is a reference.

import { bytesFrom, PAPER, SIDE } from "../../../ui/output/picture.js"
import { DIRECTIONS, Sheet } from "../../../ui/input/sheet.js"
import { closeLater, viewAt } from "../../../ui/view.js"

const HISTORY = 100 // steps
const INK = [255, 255, 255]
const HOLE = [17, 122, 112] // no digit has a colour
const HIDDEN_INK = [196, 247, 239] // what lies under the mask shines through, for the visitor only
const KEYS = {
  paint:
    "Arrow keys move the brush, with Shift by four pixels. Space puts it down and lifts it. Escape drops the stroke. " +
    "Control Z undoes, Control Shift Z redoes.",
  drag: "Arrow keys move the patch, with Shift by four pixels.",
}

let seq = 0 // of the last message: a pad that is mounted anew never falls behind
let brush = 4 // pixels across; the visitor's choice outlives a page switch

/** @param {Component} component */
export default function ({ parentElement, data, setStateValue }) {
  if (!data) return
  const pad = viewAt(parentElement, () => new MaskPad(parentElement))
  pad.update(data, (message) => setStateValue("mask", message))
  return closeLater(pad)
}

class MaskPad extends Sheet {
  painting = false // no kind of hole is chosen: the hand makes it
  mask = /** @type {Uint8Array} */ (new Uint8Array(SIDE * SIDE))
  digit = /** @type {Uint8Array} */ (new Uint8Array(SIDE * SIDE))
  seq = -1 // none yet

  /** @param {Skeleton} parentElement */
  constructor(parentElement) {
    super(parentElement, SIDE, "Brush")
    this.facts = this.root.querySelector(".facts")
    this.keys = this.root.querySelector("#keys")
    this.slider.valueAsNumber = brush
    this.slider.oninput = () => (brush = this.slider.valueAsNumber)
  }

  get content() {
    return this.mask
  }

  get size() {
    return brush
  }

  // What Python says. Its answer carries the seq of the last message that it knew: an older one comes too late.
  update(data, emit) {
    this.emit = emit
    this.echo.want(data.key)
    this.canvas.setAttribute("aria-label", data.label)
    this.digit = bytesFrom(data.digit)
    const fresh = this.seq < 0
    if (fresh || (!this.live && data.seq >= this.seq)) {
      this.seq = data.seq
      seq = Math.max(seq, data.seq)
      this.drag = data.drag
      this.painting = data.painting
      const mask = unpacked(data.mask)
      if (!fresh && packed(mask) !== packed(this.mask)) {
        this.remember()
        this.sent = null // undo brings back what was sent last, and must be sent again
      }
      this.mask = mask
    }
    this.root.classList.toggle("dragging", !!this.drag)
    this.keys.textContent = KEYS[this.drag ? "drag" : "paint"]
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

  clear() {
    if (this.live || !this.mask.includes(1)) return
    this.remember()
    this.setContent(new Uint8Array(SIDE * SIDE), "Cleared")
  }

  /** A whole new mask, from a button or a key: from now on it counts as painted. */
  setContent(mask, word) {
    this.mask = mask
    this.drag = null
    this.paint()
    this.send(true)
    this.say(word)
  }

  // ---- strokes and drags; places are in pixels of the digit, from its top left corner

  begin(pointer, x, y, { erase }) {
    this.lastSend = performance.now()
    this.live = { pointer, x, y, erase, before: this.mask, drag: this.drag }
    if (this.drag) {
      const { center, side } = this.drag
      const inside = Math.max(Math.abs(x - center[0] * SIDE), Math.abs(y - center[1] * SIDE)) <= side / 2
      this.live.grip = [center[0] * SIDE - x, center[1] * SIDE - y]
      if (!inside || erase) this.drag = null // beside the patch a hand paints, and from then on the mask is painted
    }
    this.extend(x, y)
    this.paint()
    this.sendSoon()
  }

  extend(x, y) {
    const { live } = this
    if (this.drag) this.putPatch([(x + live.grip[0]) / SIDE, (y + live.grip[1]) / SIDE])
    else this.mask = stamped(this.mask, live.x, live.y, x, y, brush, live.erase ? 0 : 1)
    live.x = x
    live.y = y
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
    this.drag = this.live.drag
    this.live = null
    this.paint()
    this.send(true)
  }

  // ---- keys and the ring

  keyMove(direction, far) {
    const step = far ? 4 : 1
    if (!this.drag) return this.keyStep(direction, step, 0.5)
    if (this.live) return
    const [dx, dy] = DIRECTIONS[direction]
    this.remember()
    this.putPatch([this.drag.center[0] + (dx * step) / SIDE, this.drag.center[1] + (dy * step) / SIDE])
    this.paint()
    this.send(true)
  }

  keyPen(repeat) {
    return !this.drag && super.keyPen(repeat)
  }

  ringAt(event) {
    if (event.pointerType === "touch" || (this.drag && !this.erasing)) return this.showRing(false)
    this.showRing(true, ...this.place(event))
  }

  // ---- painting

  resize() {
    if (this.fit()) this.paint()
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
    this.showTools(!covered, !this.painting && !this.live)
    this.describe(covered, all ? ink / all : 0)
  }

  describe(covered, ink) {
    const number = document.createElement("b")
    number.textContent = `${covered} pixels missing`
    const doing = this.drag ? "Drag the patch, or paint." : covered ? "" : "Paint over what should go."
    this.facts.replaceChildren(number, `, ${Math.round(100 * ink)}% of the ink. ${doing}`)
  }

  // ---- messages

  send(final) {
    this.sending()
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
  return btoa(String.fromCharCode(...whole))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
}

function unpacked(text) {
  const whole = bytesFrom(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (whole[i >> 3] >> (7 - (i & 7))) & 1)
}
