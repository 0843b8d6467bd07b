// A map of all galaxies by their codes, with pictures as points: drag it, zoom in, press one to walk from or to it.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { contextOf, paintPicture } from "../../../ui/output/picture.js"
import { closeLater, viewAt } from "../../../ui/view.js"
import { skyAt, whenSeen } from "../sky.js"

const THUMB = 64 // pixels a side of the small pictures
const PICTURE = 40 // px of a picture on the map at first; where pictures would overlap, dots stand
const LARGEST = 120 // px of a picture
const DOT = 3.5 // px
const EDGE = 0.06 // of the canvas, around the map at first
const MOST = 24 // times enlarged
const SLIP = 5 // px that a press may move and still be a press
const BRIGHTER = "brightness(1.4)" // as all pictures of the page
const ROW = 32 // small pictures in a row of the sheet
const AT_ONCE = 47 // that are decoded together

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".chart")
  if (!root || !data) return
  const map = viewAt(parentElement, () => new SkyMap(root))
  map.send = (pick) => setTriggerValue("pick", pick)
  map.update(data)
  return closeLater(map)
}

class SkyMap {
  data = /** @type {any} */ (null)
  sky = /** @type {?import("../sky.js").Sky} */ (null)
  sheet = new OffscreenCanvas(1, 1) // of all small pictures
  ready = 0 // of them
  zoom = 1
  middle = [0.5, 0.5] // of what is seen, on the map
  over = -1 // the galaxy under the pointer
  chosen = -1
  pointers = /** @type {Map<number, number[]>} */ (new Map())
  moved = 0
  frame = 0
  send = (/** @type {object} */ _pick) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.canvas = /** @type {any} */ (root.querySelector(".frame > canvas"))
    this.canvas.onpointerdown = (event) => this.press(event)
    this.canvas.onpointermove = (event) => this.drag(event)
    this.canvas.onpointerup = (event) => this.lift(event)
    this.canvas.onpointercancel = (event) => this.pointers.delete(event.pointerId)
    this.canvas.onpointerleave = () => this.look(-1)
    this.canvas.onkeydown = (event) => this.key(event)
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
    this.sizes = new ResizeObserver(() => this.later())
    this.sizes.observe(this.canvas)
  }

  close() {
    this.sizes.disconnect()
    this.unwatch?.()
  }

  update(data) {
    const first = !this.data
    this.data = data
    if (first) this.unwatch = whenSeen(this.root, () => this.load())
    this.later()
  }

  async load() {
    try {
      this.sky = await skyAt(this.data.sky)
    } catch {
      this.root.querySelector(".status").textContent = "The galaxies could not be fetched: reload the page."
      return
    }
    const { sky } = this
    const count = sky.galaxies.length
    this.sheet = new OffscreenCanvas(ROW * THUMB, Math.ceil(count / ROW) * THUMB)
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.sheet.getContext("2d"))
    context.filter = BRIGHTER
    for (let first = 0; first < count; first += AT_ONCE) {
      const ids = sky.galaxies.slice(first, first + AT_ONCE).map(({ id }) => id)
      const bitmaps = await Promise.all(ids.map((id) => sky.bitmap(id, THUMB)))
      if (!this.root.isConnected) return
      bitmaps.forEach((bitmap, i) => context.drawImage(bitmap, ...this.onSheet(ids[i])))
      this.ready = first + ids.length
      this.later()
    }
    this.root.dataset.whole = "1"
    this.later()
  }

  /** Where a galaxy stands on the sheet. @returns {[number, number]} */
  onSheet(id) {
    return [(id % ROW) * THUMB, Math.floor(id / ROW) * THUMB]
  }

  // ---- the hand

  /** Width and height of the map on the screen, in px: at first it fills the canvas. */
  get scale() {
    return [this.canvas.clientWidth, this.canvas.clientHeight].map((size) => size * (1 - 2 * EDGE) * this.zoom)
  }

  /** A place of the map on the canvas, in px. */
  onCanvas([x, y]) {
    const [wide, high] = this.scale
    return [
      this.canvas.clientWidth / 2 + (x - this.middle[0]) * wide,
      this.canvas.clientHeight / 2 + (y - this.middle[1]) * high,
    ]
  }

  under({ offsetX, offsetY }) {
    let [best, least] = [-1, (PICTURE / 2) ** 2]
    for (const { id, place } of this.sky?.galaxies ?? []) {
      const [x, y] = this.onCanvas(place)
      const distance = (x - offsetX) ** 2 + (y - offsetY) ** 2
      if (distance < least) [best, least] = [id, distance]
    }
    return best
  }

  /** Side of a picture on the screen: it grows more slowly than the map, so that crowds come apart. */
  side() {
    return Math.min(LARGEST, PICTURE * Math.max(1, this.zoom) ** 0.4)
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId)
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY])
    this.moved = 0
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId)
    if (!before) return this.look(this.under(event))
    const now = [event.offsetX, event.offsetY]
    const step = Math.hypot(now[0] - before[0], now[1] - before[1])
    this.moved += step
    if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1] ?? now
      const apart = (place) => Math.max(1, Math.hypot(place[0] - other[0], place[1] - other[1]))
      this.enlarge(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2)
    } else if (this.moved > SLIP) {
      this.canvas.classList.add("dragging")
      this.pan(before[0] - now[0], before[1] - now[1])
    }
    this.pointers.set(event.pointerId, now)
  }

  lift(event) {
    this.pointers.delete(event.pointerId)
    this.canvas.classList.remove("dragging")
    if (this.moved > SLIP) return
    this.choose(this.under(event))
  }

  choose(id) {
    this.chosen = id
    this.look(id)
    this.later()
  }

  look(id) {
    if (id === this.over) return
    this.over = id
    this.later()
  }

  wheel(event) {
    event.preventDefault()
    this.enlarge(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY)
  }

  key(event) {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key]
    if (way) this.pan(40 * way[0], 40 * way[1])
    else if (event.key === "+" || event.key === "=") this.enlarge(1.25)
    else if (event.key === "-") this.enlarge(0.8)
    else if (event.key === "Enter")
      this.choose(this.under({ offsetX: this.canvas.clientWidth / 2, offsetY: this.canvas.clientHeight / 2 }))
    else return
    event.preventDefault()
  }

  /** Moves what is seen, by px. */
  pan(x, y) {
    const [wide, high] = this.scale
    this.middle = [this.middle[0] + x / wide, this.middle[1] + y / high].map((at) => Math.min(1, Math.max(0, at)))
    this.later()
  }

  enlarge(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const zoom = Math.min(MOST, Math.max(0.8, this.zoom * factor))
    const by = zoom / this.zoom
    this.zoom = zoom
    this.pan((by - 1) * (x - this.canvas.clientWidth / 2), (by - 1) * (y - this.canvas.clientHeight / 2))
  }

  // ---- a frame

  later() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      if (this.root.isConnected && this.data) this.show()
    })
  }

  show() {
    this.controls()
    const { canvas, sky } = this
    const [width, height] = [canvas.clientWidth, canvas.clientHeight]
    if (!width || !sky) return
    const ratio = devicePixelRatio
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) })
    const context = contextOf(canvas)
    context.scale(ratio, ratio)
    const side = this.side()
    const here = sky.galaxies
      .map((galaxy) => ({ galaxy, at: this.onCanvas(galaxy.place) }))
      .filter(({ at: [x, y] }) => x > -side && y > -side && x < width + side && y < height + side)
    for (const { galaxy, at } of here) {
      context.fillStyle = this.data.kinds[galaxy.kind].color
      context.beginPath()
      context.arc(at[0], at[1], DOT, 0, 2 * Math.PI)
      context.fill()
    }
    const picture = ({ id, kind }, at) => {
      const [x, y] = at
      context.drawImage(this.sheet, ...this.onSheet(id), THUMB, THUMB, x - side / 2, y - side / 2, side, side)
      context.fillStyle = this.data.kinds[kind].color
      context.fillRect(x - side / 2, y + side / 2 - 3, side, 3)
    }
    const taken = /** @type {number[][]} */ ([])
    for (const { galaxy, at } of here) {
      if (galaxy.id >= this.ready) break
      if (taken.some(([x, y]) => Math.abs(x - at[0]) < side && Math.abs(y - at[1]) < side)) continue
      taken.push(at)
      picture(galaxy, at)
    }
    for (const [id, wide] of [
      [this.over, 2],
      [this.chosen, 3.5],
    ]) {
      if (id < 0 || id >= this.ready) continue
      const at = this.onCanvas(sky.galaxies[id].place)
      picture(sky.galaxies[id], at)
      context.strokeStyle = "#fff"
      context.lineWidth = wide
      context.strokeRect(at[0] - side / 2, at[1] - side / 2, side, side)
    }
    const seen = sky.galaxies.length.toLocaleString("en")
    canvas.setAttribute("aria-label", `Map of ${seen} galaxies by their codes. Arrows move it, plus and minus zoom.`)
    this.magnify()
  }

  /** The galaxy under the pointer, or the chosen one, large. */
  async magnify() {
    const id = this.over >= 0 ? this.over : this.chosen
    const lens = this.root.querySelector(".lens")
    lens.hidden = id < 0 || !this.sky
    if (id < 0 || !this.sky) return
    const galaxy = this.sky.galaxies[id]
    const picture = await this.sky.picture(id)
    if (id !== (this.over >= 0 ? this.over : this.chosen)) return
    paintPicture(/** @type {any} */ (lens.querySelector("canvas")), picture)
    lens.querySelector("figcaption").textContent =
      `${this.data.kinds[galaxy.kind].title}, ${galaxy.test ? "unseen" : "in the training set"}`
  }

  controls() {
    const button = (
      name,
      text,
      press,
      disabled = false,
    ) => html`<button type="button" class=${name} ?disabled=${disabled}
      @click=${press}>${text}</button>`
    const none = this.chosen < 0
    render(
      html`${button("in", "Zoom in", () => this.enlarge(1.5))}${button("out", "Zoom out", () => this.enlarge(1 / 1.5))}
        ${button("from", "Walk from it", () => this.send({ side: "a", id: this.chosen }), none)}
        ${button("to", "Walk to it", () => this.send({ side: "b", id: this.chosen }), none)}`,
      this.root.querySelector(".tools"),
    )
    render(
      this.data.kinds.map(({ title, color }) => html`<span><i style=${`background: ${color}`}></i>${title}</span>`),
      this.root.querySelector(".legend"),
    )
  }
}
