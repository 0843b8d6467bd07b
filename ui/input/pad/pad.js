// The drawing pad in the browser: pointer, pen and keyboard strokes, undo, eraser, and the messages to Python.
//
// A stroke is plain JSON, the same here, in the messages and in pad.py:
//   { erase: bool, width: number | [one a point], points: [x0, y0, x1, y1, ...] }
// in units of 1/2000 of the sheet's side, from its top left corner. Arrays of strokes are never changed in place,
// so a step of the history is just a reference to an older array.

import { contextOf } from "../../output/picture.js"
import { digitCanvas, digitsFrom, paintDigit } from "../../output/tiles.js"
import { Sheet } from "../sheet.js"
import { closeLater, viewAt } from "../../view.js"

const UNITS = 2000
const SPACING = 12 // units between kept points: under 2 px on screen, so a digit stays near 1 kB
const PATIENCE = 150 // ms that the message of a whole stroke waits for those who have the answer by another way
const MAX_POINTS = 4000 // of a whole drawing; pad.py refuses more
const MAX_STROKES = 500
const STEP = 50 // units of one arrow key

const SAVED = "autoencoder-lab pad" // + the pad's key: where the browser keeps the drawing, in this tab alone

const met = new Set() // keys of the pads that this document has had

let seq = 0 // of the last message, over all pads: a pad that is mounted anew never falls behind
let penWidth = 160 // the visitor's choice outlives a page switch

/** @param {Component} component */
export default function ({ parentElement, data, setStateValue }) {
  const pad = viewAt(parentElement, () => new Pad(parentElement))
  pad.update(data, (drawing) => setStateValue("drawing", drawing))
  // Streamlit may also run the cleanup of an outdated call while the pad is on screen: look again when it has settled.
  return closeLater(pad)
}

// The curve: straight to the first midpoint, quadratic from midpoint to midpoint, straight to the last point.
// pad.py's `rasterise` follows the same curve.
function trace(ctx, { erase, width, points }, scale) {
  const at = (i) => points[i] * scale
  const widthAt = (i) => (Array.isArray(width) ? width[Math.min(i, width.length - 1)] : width) * scale
  const n = points.length / 2
  ctx.globalCompositeOperation = erase ? "destination-out" : "source-over"
  ctx.strokeStyle = ctx.fillStyle = "#fff"
  ctx.lineCap = ctx.lineJoin = "round"
  ctx.beginPath()
  if (n === 1) {
    ctx.arc(at(0), at(1), widthAt(0) / 2, 0, 2 * Math.PI)
    ctx.fill()
    return
  }
  ctx.lineWidth = widthAt(0)
  ctx.moveTo(at(0), at(1))
  let [x, y] = [at(0), at(1)]
  for (let i = 0; i < n; i++) {
    const last = i === n - 1
    const endX = last ? at(2 * i) : (at(2 * i) + at(2 * i + 2)) / 2
    const endY = last ? at(2 * i + 1) : (at(2 * i + 1) + at(2 * i + 3)) / 2
    if (Array.isArray(width)) {
      ctx.stroke()
      ctx.beginPath()
      ctx.moveTo(x, y)
      ctx.lineWidth = widthAt(i)
    }
    ctx.quadraticCurveTo(at(2 * i), at(2 * i + 1), endX, endY)
    ;[x, y] = [endX, endY]
  }
  ctx.stroke()
}

// The ink as (size * size) bytes, row by row, 255 where it is full; of strokes, and of a digit that they go over.
function raster(strokes, size, under) {
  const canvas = new OffscreenCanvas(size, size)
  const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }))
  layUnder(ctx, under, size)
  for (const stroke of strokes) trace(ctx, stroke, size / UNITS)
  const rgba = ctx.getImageData(0, 0, size, size).data
  return Uint8Array.from({ length: size * size }, (_, i) => rgba[4 * i + 3])
}

function layUnder(ctx, under, size) {
  if (!under) return
  ctx.globalCompositeOperation = "source-over"
  ctx.imageSmoothingEnabled = false // a digit's pixels stay the squares that they are
  ctx.drawImage(under, 0, 0, size, size)
}

const reloaded = () =>
  performance.getEntriesByType("navigation").some((entry) => "type" in entry && entry.type === "reload")

/** A link's drawing has become another one: the address no longer says what is on the sheet. */
function dropFromAddress(key) {
  const address = new URL(location.href)
  if (!address.searchParams.has(key)) return
  address.searchParams.delete(key)
  history.replaceState(history.state, "", address)
}

class Pad extends Sheet {
  strokes = []
  under = /** @type {?HTMLCanvasElement} */ (null) // the digit that strokes go over

  /** @param {Skeleton} parentElement */
  constructor(parentElement) {
    super(parentElement, UNITS, "Pen")
    this.hint = parentElement.querySelector(".hint")
    this.ink = contextOf(document.createElement("canvas")) // finished strokes, painted once
    this.slider.valueAsNumber = penWidth
    this.slider.oninput = () => (penWidth = Number(this.slider.value))
    this.tellLink = ({ detail }) => {
      if (this.strokes.length) detail.drawings[this.key] = this.strokes
    }
    document.addEventListener("head:collect", this.tellLink)
    this.used = ({ detail }) => detail.key === this.key && this.clear() // by who has made something of it
    document.addEventListener("pad:clear", this.used)
  }

  get content() {
    return this.strokes
  }

  get size() {
    return penWidth * (this.erasing ? 1.5 : 1)
  }

  close() {
    super.close()
    document.removeEventListener("head:collect", this.tellLink)
    document.removeEventListener("pad:clear", this.used)
    this.release()
  }

  // Takes what Python says. Runs on every rerun, so it may touch the drawing only when Python really set one:
  // on the first call (a fresh mount: take up where the visitor left), and when the nonce has grown.
  update(data, emit) {
    this.emit = emit
    this.key = data.key
    this.echo.want(data.echo ? data.key : "")
    this.hint.textContent = data.hint
    this.canvas.setAttribute("aria-label", data.label)
    this.lay(data.under)
    seq = Math.max(seq, data.seq)
    if (this.nonce === undefined) {
      this.nonce = data.nonce
      this.past.push(...data.strokes.map((_, i) => data.strokes.slice(0, i))) // so that undo works across a page switch
      const newer = data.link && reloaded() && !met.has(data.key) && this.saved("link") === data.link
      const stored = newer || (data.seq === 0 && data.nonce === 0) ? this.saved("") : null
      this.replace(data)
      this.resize()
      this.recall(stored) // which the server has never seen
      met.add(data.key)
      if (data.link) this.store("link", data.link)
    } else if (data.nonce > this.nonce) {
      this.nonce = data.nonce
      this.past.push(this.strokes)
      this.future = []
      this.replace(data)
      if (data.seq < seq) this.tellAnew() // a drawing that Python has replaced is on its way, under a later number
    }
  }

  // ---- what is on the sheet

  /** Lays a digit under the strokes, in the letters that Python sends, or none. */
  lay(digit) {
    if ((digit ?? "") === (this.laid ?? "")) return
    this.laid = digit
    this.under = digit ? digitCanvas() : null
    if (this.under) paintDigit(this.under, digitsFrom(digit)[0])
    this.repaint()
  }

  replace({ strokes, seq, link }) {
    this.strokes = strokes
    this.link = link
    this.root.dataset.seq = seq // of the last drawing that both sides know, for the browser tests
    this.sent = JSON.stringify([strokes, true]) // Python knows it
    if (seq > 0) this.save()
    this.repaint()
    this.announce(true)
  }

  change(strokes) {
    this.past.push(this.strokes)
    this.future = []
    this.strokes = strokes
    this.refresh()
    this.send(true)
  }

  setContent(strokes, word) {
    this.strokes = strokes
    this.repaint()
    this.send(true)
    this.say(word)
  }

  clear() {
    if (this.live || !this.strokes.length) return
    this.change([])
    this.repaint()
    this.say("Cleared")
  }

  // ---- a reload of the page: the server's session is a new one, this tab's storage is not

  save() {
    this.store("", this.strokes.length ? JSON.stringify(this.strokes) : null)
    if (!this.link) dropFromAddress(this.key)
  }

  recall(stored) {
    try {
      const strokes = JSON.parse(stored ?? "null")
      if (!strokes?.length || JSON.stringify(strokes) === JSON.stringify(this.strokes)) return
      this.past = strokes.map((_, i) => strokes.slice(0, i))
      this.setContent(strokes, "Your drawing is still here")
    } catch {
      // what is stored is not ours
    }
  }

  /** What this tab's storage has under a name of ours. @returns {?string} */
  saved(name) {
    try {
      return sessionStorage.getItem(`${SAVED} ${this.key}${name}`)
    } catch {
      return null // storage is forbidden: then a reload begins with an empty sheet
    }
  }

  store(name, text) {
    try {
      if (text === null) sessionStorage.removeItem(`${SAVED} ${this.key}${name}`)
      else sessionStorage.setItem(`${SAVED} ${this.key}${name}`, text)
    } catch {
      // full or forbidden
    }
  }

  // ---- painting

  resize() {
    if (!this.fit()) return
    this.ink.canvas.width = this.ink.canvas.height = this.canvas.width
    this.repaint()
  }

  repaint() {
    const { width, height } = this.ink.canvas
    this.ink.clearRect(0, 0, width, height)
    layUnder(this.ink, this.under, width)
    for (const stroke of this.strokes) trace(this.ink, stroke, width / UNITS)
    this.paint()
    this.refresh()
  }

  paint() {
    const { width, height } = this.canvas
    if (!width || !height) return
    this.screen.globalCompositeOperation = "copy"
    this.screen.drawImage(this.ink.canvas, 0, 0)
    if (this.live) trace(this.screen, this.withTail(), width / UNITS)
  }

  withTail() {
    const { erase, width, points, tail } = this.live
    if (!tail) return this.live
    return { erase, width: Array.isArray(width) ? [...width, width.at(-1)] : width, points: [...points, ...tail] }
  }

  refresh() {
    this.root.classList.toggle("blank", !this.live && !this.strokes.length && !this.under)
    this.showTools(!this.strokes.length)
  }

  // ---- strokes

  begin(pointer, x, y, { erase, pressure }) {
    const total = this.strokes.reduce((sum, stroke) => sum + stroke.points.length / 2, 0)
    if (total >= MAX_POINTS - 1 || this.strokes.length >= MAX_STROKES) {
      this.say("The pad is full. Undo or clear to go on.")
      return
    }
    const width = Math.round(penWidth * (erase ? 1.5 : 1))
    const widths = pressure === null ? width : [this.pressed(width, pressure)]
    this.live = { pointer, erase, width: widths, full: width, points: [x, y], tail: null, room: MAX_POINTS - 1 - total }
    this.lastSend = performance.now()
    this.paint()
    this.refresh()
  }

  pressed(width, pressure) {
    return Math.round(width * (0.5 + pressure)) // 0.5 is a pen's ordinary pressure
  }

  extend(x, y, pressure) {
    const { pointer, points, width, full } = this.live
    const spacing = pointer === "keys" ? 1 : SPACING // every step of a key counts
    const far = Math.hypot(x - points.at(-2), y - points.at(-1)) >= spacing
    this.live.tail = far ? null : [x, y]
    if (!far || points.length / 2 >= this.live.room) return
    points.push(x, y)
    // Half the new pressure, half the old width: pens are noisy.
    if (Array.isArray(width)) width.push(Math.round((width.at(-1) + this.pressed(full, pressure)) / 2))
  }

  end() {
    const { erase, width, points } = this.withTail()
    this.live = null
    const stroke = { erase, width, points }
    trace(this.ink, stroke, this.ink.canvas.width / UNITS)
    this.change([...this.strokes, stroke])
    this.paint()
  }

  drop() {
    this.live = null
    this.paint()
    this.refresh()
    this.send(true)
  }

  // ---- where the hand is

  place(event) {
    const inside = (value) => Math.max(-UNITS / 4, Math.min(Math.round(value), UNITS * 1.25))
    const [x, y] = super.place(event)
    return /** @type {[number, number]} */ ([inside(x), inside(y)]) // a stroke may leave the sheet and come back
  }

  keyMove(direction, small) {
    this.keyStep(direction, small ? STEP / 5 : STEP)
  }

  // Under the mouse the ring shows the eraser's size, under the keys the pen.
  ringAt(event) {
    if (this.keyboard.shown || event.pointerType === "touch") return
    this.showRing(this.erasing, ...this.place(event))
  }

  // ---- messages

  sendSoon() {
    this.announce(false)
    super.sendSoon()
  }

  send(final) {
    this.sending()
    if (!final && this.followed) return
    this.release() // what was held back goes first
    const { erase, width, points } = this.live ?? {}
    const strokes = final ? this.strokes : [...this.strokes, { erase, width, points }]
    const text = JSON.stringify([strokes, final])
    const news = text !== this.sent
    this.sent = text
    if (news) this.root.dataset.seq = String(++seq)
    if (news) this.link = ""
    if (news) this.held = { seq, nonce: this.nonce, final, strokes }
    if (news && final) this.save()
    const until = final && this.announce(true, true)
    if (!until) return this.release()
    setTimeout(() => this.release(), PATIENCE)
    until.finally(() => this.release())
  }

  /** What both sides know, under a number that is the newest on both. */
  tellAnew() {
    this.sent = ""
    this.send(true)
  }

  release() {
    const message = this.held
    this.held = null
    if (message) this.emit(message)
  }

  // For other parts of the page that live in the browser: a "pad:ink" event, at most one a frame, bubbling up to
  // the document. `detail.raster(size)` gives the ink as size * size bytes, computed only for those who ask; `detail.seq`
  // is that of the last message, which a final drawing is sent with, at the same time. A listener that gets its answer by
  // another way may set `detail.until`, a promise: the message waits for it a little, since a run would slow that answer.
  // `detail.over` says that a digit lies under the strokes: the ink is no drawing to be centred, but a picture as it is.
  // Whoever shows the drawing by itself while the pen is down sets `detail.followed`: then only whole strokes are sent.
  announce(final, now = false) {
    this.finalInk = final
    if (now) {
      cancelAnimationFrame(this.frame)
      return this.tell()
    }
    this.frame ??= requestAnimationFrame(() => this.tell())
  }

  tell() {
    this.frame = null
    const strokes = this.live ? [...this.strokes, this.withTail()] : this.strokes
    const ink = (size = 112) => raster(strokes, size, this.under)
    const detail = { key: this.key, seq, final: this.finalInk, strokes, raster: ink, over: !!this.under }
    this.root.dispatchEvent(new CustomEvent("pad:ink", { detail, bubbles: true, composed: true }))
    this.followed = !!detail.followed
    return detail.until
  }
}
