// A map of all galaxies by their codes, with pictures as points: drag it, zoom in, press one to walk from or to it.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { LateView } from "../../../ui/late_view.js"
import { handle } from "../../../ui/output/map/hand.js"
import { MapView } from "../../../ui/output/map/view.js"
import { contextOf, paintPicture } from "../../../ui/output/picture.js"
import { skyAt } from "../sky.js"
import { mount } from "../../../ui/view.js"

const THUMB = 64 // pixels a side of the small pictures
const PICTURE = 40 // px of a picture on the map at first; where pictures would overlap, dots stand
const LARGEST = 120 // px of a picture
const DOT = 3.5 // px
const REACH = PICTURE / 2 // px: a press, or a pointer, this near to a galaxy means it
const BRIGHTER = "brightness(1.4)" // as all pictures of the page
const AT_ONCE = 47 // small pictures that are decoded together, and stand in one strip

/** @param {Component} component */
export default function (component) {
  return mount(component, ".chart", Chart, (chart) => {
    chart.send = (pick) => component.setTriggerValue("pick", pick)
  })
}

/** The part of the page: its buttons, its legend, the galaxy under the pointer enlarged; and what the hand does. */
class Chart extends LateView {
  sky = /** @type {?import("../sky.js").Sky} */ (null)
  over = -1 // the galaxy under the pointer
  chosen = -1
  scrolled = -Infinity // ms, when a wheel has scrolled the page last
  send = (/** @type {object} */ _pick) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.map = new SkyMap(root.querySelector(".frame"), this)
    handle(this.map, this)
    const scroll = ({ timeStamp }) => (this.scrolled = timeStamp)
    document.addEventListener("wheel", scroll, { passive: true })
    const sizes = new ResizeObserver(() => this.map.resize())
    sizes.observe(this.map.plot)
    this.ends.push(() => {
      sizes.disconnect()
      document.removeEventListener("wheel", scroll)
    })
  }

  begin() {
    this.later()
  }

  changed() {
    this.later()
  }

  async load() {
    this.sky = await skyAt(this.data.sky)
    this.map.receive(this.sky.galaxies)
    await this.map.fill(this.sky)
    this.root.dataset.whole = "1"
  }

  // ---- what the hand does

  hoverAt(map, px, py) {
    this.look(this.near(map, px, py))
  }

  leave() {
    this.look(-1)
  }

  click(map, px, py) {
    this.chosen = this.near(map, px, py)
    this.look(this.chosen)
    this.later()
  }

  /** A finger explores. */
  setPin(map, px, py) {
    this.look(this.near(map, px, py))
  }

  /** Arrow keys go from galaxy to galaxy. */
  movePin(map, dx, dy) {
    if (!map.view) return
    const from = this.over < 0 ? [map.width / 2, map.height / 2] : map.placeOf(this.over)
    let [best, least] = [-1, Infinity]
    for (const { i, pixels } of map.nearest(from[0], from[1], 60)) {
      const [x, y] = map.placeOf(i)
      const along = ((x - from[0]) * dx + (y - from[1]) * dy) / Math.hypot(dx, dy)
      const cost = pixels + 2 * (pixels - along) // off the way counts more than far
      if (i !== this.over && along > 0 && cost < least) [best, least] = [i, cost]
    }
    if (best >= 0) this.look(best)
  }

  markNearest() {
    this.chosen = this.over
    this.later()
  }

  near(map, px, py) {
    const [nearest] = map.nearest(px, py, 1)
    return nearest?.pixels < REACH ? nearest.i : -1
  }

  look(id) {
    if (id === this.over) return
    this.over = id
    this.map.moved = true
    this.later()
  }

  // ---- a frame

  show() {
    const { map, chosen, data } = this
    const button = (name, text, press, disabled = false) =>
      html`<button type="button" class=${name} ?disabled=${disabled} @click=${press}>${text}</button>`
    render(
      html`${button("in", "Zoom in", () => map.zoom(1.5))}${button("out", "Zoom out", () => map.zoom(1 / 1.5))}
        ${button("all", "Show all", () => map.fit(), map.fits)}
        ${button("from", "Walk from it", () => this.send({ side: "a", id: chosen }), chosen < 0)}
        ${button("to", "Walk to it", () => this.send({ side: "b", id: chosen }), chosen < 0)}`,
      this.root.querySelector(".tools"),
    )
    render(
      data.kinds.map(({ title, color }) => html`<span><i style=${`background: ${color}`}></i>${title}</span>`),
      this.root.querySelector(".legend"),
    )
    map.moved = true
    map.paint()
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
}

/** The map: where pictures would overlap, dots stand. */
class SkyMap extends MapView {
  strips = /** @type {ImageBitmap[]} */ ([]) // of small pictures; of one canvas that grows, each draw would copy it all
  ready = 0 // small pictures

  /**
   * @param {Skeleton} frame
   * @param {Chart} chart
   */
  constructor(frame, chart) {
    super()
    this.chart = chart
    this.plot = frame.querySelector(".plot")
    this.canvases = [.../** @type {any} */ (this.plot.querySelectorAll("canvas"))]
    const [base, over] = this.canvases.map(contextOf)
    this.base = base
    this.over = over
  }

  /** Places in [0, 1], y downwards: as wide as the panel is, to its height. */
  receive(galaxies) {
    const { width, height } = this.plot.getBoundingClientRect()
    const wide = width && height ? width / height : 1
    const xy = Float32Array.from(galaxies.flatMap(({ place: [x, y] }) => [wide * x, 1 - y]))
    this.points = { xy, kind: galaxies.map(({ kind }) => kind) }
    this.resize()
    this.fit()
  }

  /** Decodes the small pictures, a few at a time. */
  async fill(sky) {
    const count = sky.galaxies.length
    this.strips = []
    const strip = new OffscreenCanvas(AT_ONCE * THUMB, THUMB)
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (strip.getContext("2d"))
    context.filter = BRIGHTER
    for (let first = 0; first < count; first += AT_ONCE) {
      const ids = sky.galaxies.slice(first, first + AT_ONCE).map(({ id }) => id)
      const bitmaps = await Promise.all(ids.map((id) => sky.bitmap(id, THUMB)))
      if (!this.plot.isConnected) return
      bitmaps.forEach((bitmap, i) => context.drawImage(bitmap, i * THUMB, 0))
      this.strips.push(strip.transferToImageBitmap())
      this.ready = first + ids.length
      this.stale = true
      this.chart.later()
    }
  }

  /** Where a galaxy stands on the map, in px. */
  placeOf(id) {
    return this.toPixels(this.points.xy[2 * id], this.points.xy[2 * id + 1])
  }

  changed() {
    super.changed()
    this.chart.later()
  }

  resized() {
    if (this.fits) this.fit()
  }

  /** Side of a picture on the screen: it grows more slowly than the map, so that crowds come apart. */
  side() {
    return Math.min(LARGEST, PICTURE * Math.max(1, this.view.scale / this.fitted) ** 0.4)
  }

  paint() {
    if (!this.view || !this.width || !this.chart.data) return
    if (this.stale) this.paintBase()
    if (this.stale || this.moved) this.paintOver()
    Object.assign(this, { stale: false, moved: false })
  }

  paintBase() {
    const { base: ctx, width, height } = this
    clear(ctx)
    const side = this.side()
    const here = this.points.kind
      .map((kind, id) => ({ id, kind, at: this.placeOf(id) }))
      .filter(({ at: [x, y] }) => x > -side && y > -side && x < width + side && y < height + side)
    for (const { kind, at } of here) {
      ctx.fillStyle = this.chart.data.kinds[kind].color
      ctx.beginPath()
      ctx.arc(at[0], at[1], DOT, 0, 2 * Math.PI)
      ctx.fill()
    }
    const taken = /** @type {number[][]} */ ([])
    for (const { id, at } of here) {
      if (id >= this.ready) break
      if (taken.some(([x, y]) => Math.abs(x - at[0]) < side && Math.abs(y - at[1]) < side)) continue
      taken.push(at)
      this.picture(ctx, id)
    }
  }

  paintOver() {
    const { over: ctx, chart } = this
    clear(ctx)
    const rings = [
      [chart.over, 2],
      [chart.chosen, 3.5],
    ]
    for (const [id, wide] of rings) {
      if (id < 0 || id >= this.ready) continue
      const [x, y] = this.placeOf(id)
      const side = this.side()
      this.picture(ctx, id)
      ctx.strokeStyle = "#fff"
      ctx.lineWidth = wide
      ctx.strokeRect(x - side / 2, y - side / 2, side, side)
    }
  }

  picture(ctx, id) {
    const [x, y] = this.placeOf(id)
    const side = this.side()
    const strip = this.strips[Math.floor(id / AT_ONCE)]
    ctx.drawImage(strip, (id % AT_ONCE) * THUMB, 0, THUMB, THUMB, x - side / 2, y - side / 2, side, side)
    ctx.fillStyle = this.chart.data.kinds[this.points.kind[id]].color
    ctx.fillRect(x - side / 2, y + side / 2 - 3, side, 3)
  }
}

/** A canvas without anything on it, in CSS pixels. */
function clear(ctx) {
  ctx.setTransform(1, 0, 0, 1, 0, 0)
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height)
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
}
