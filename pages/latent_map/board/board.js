// The latent map: panels with the same digits side by side, linked in the browser alone. What is hovered, marked or
// hidden in one is so in all; panels with a live network decode the place under the pointer. Nothing of this is sent.
//
// data (pages/latent_map/board/__init__.py): panels [{ name, id, title, summary, color, model: {name, title, sha256} | null,
//   decodes, prior, place: "browser" | "server" | "none", numbers: [{ label, value, arrow, help }], measured }], colors,
//   count, grid, hidden, judge, digits (sha256), pad (its key), drawn: { x (base64), name, seq, places: { map: [x, y] } } | null,
//   view: text of link.js, or null where no address follows

import { inksOf } from "./dots.js"
import { legend } from "./legend.js"
import { Lens } from "./lens.js"
import { Own, starCorners } from "./own.js"
import { MapPanel } from "./panel.js"
import { inStrip, strip } from "./strip.js"
import { Views } from "./views.js"
import { html, render } from "../../../ui/vendor/lit-html.js"
import { contextOf, digitTile } from "../../../ui/output/picture.js"
import { handle } from "../../../ui/output/map/hand.js"
import { digitsOf } from "../points/points.js"
import { mount } from "../../../ui/view.js"

const NEAR = 7 // the digit under the pointer and six neighbours
const REACH = 12 // px: a click this near to a point means the point
const STAR = `M${starCorners(0, 0, 11).join("L")}Z` // the visitor's digit
let asks = 0 // over all boards: a trigger counts only when its value is new

/** @param {Component} component */
export default function (component) {
  return mount(component, ".board", Board, (board) => {
    board.tell = (hidden) => component.setStateValue("hidden", hidden)
    board.views.tell = (view) => component.setStateValue("view", view)
    board.own.refresh = () => component.setTriggerValue("refresh", ++asks)
  })
}

class Board {
  panels = /** @type {MapPanel[]} */ ([])
  hidden = new Set() // classes
  marks = new Set() // digits
  near = /** @type {number[]} */ ([]) // digits ringed in every panel: the one under the pointer, then its neighbours
  hover = /** @type {any} */ (null) // { panel, px, py }
  pin = /** @type {any} */ (null) // { panel, x, y } of the map
  lasso = /** @type {any} */ (null) // { panel, path }
  lassoing = false // dragging draws a lasso
  count = 10000
  grid = false
  scrolled = -Infinity // ms, when a wheel has scrolled the page last
  pixels = /** @type {any} */ (null) // of all digits, once they are here
  thumbnails = new Map()
  colors = /** @type {string[]} */ ([]) // of the classes
  tell = (/** @type {number[]} */ _hidden) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.views = new Views(this)
    this.lens = new Lens(this)
    this.own = new Own(this)
    this.root.onkeydown = (event) => {
      if (event.key === "Escape") this.escape(event)
    }
    this.scheme = matchMedia("(prefers-color-scheme: dark)")
    this.repaint = () => setTimeout(() => this.recolor(), 300)
    this.scheme.addEventListener("change", this.repaint)
    this.scroll = ({ timeStamp }) => (this.scrolled = timeStamp)
    document.addEventListener("wheel", this.scroll, { passive: true })
  }

  /** Everything but what the panels and the lens draw by themselves. */
  show() {
    const { lassoing, panels, views } = this
    const source = panels.find((panel) => panel.points)?.points
    const labelOf = (digit) => source.label[source.row[digit]]
    const marked = source ? [...this.marks].filter((digit) => source.row[digit] >= 0).sort((a, b) => a - b) : []
    const codes = panels.filter(({ spec }) => spec.decodes).length > 1
    const template = html`<div class="bar">
        <div class="mine" ?hidden=${!this.own.digit}>
          <svg viewBox="-12 -12 24 24" aria-hidden="true"><path d=${STAR} /></svg><span>${this.own.digit?.name}</span>
        </div>
        <button type="button" class="scale" ?hidden=${!codes} aria-pressed=${views.same} @click=${() => views.share(!views.same)}
          title="One unit is as long on both maps of codes">Same scale</button>
        <button type="button" class="lasso" aria-pressed=${lassoing} @click=${() => this.choose(!lassoing)}
          title="Draw around digits to mark them on every map (or hold Shift)">Lasso</button>
        ${legend(this)}
      </div>
      <div class="panels" data-count=${panels.length}>${panels.map(({ section }) => section)}</div>
      ${this.lens.dock}
      ${strip(this, marked, labelOf)}
      ${this.lens.root}`
    render(template, this.root)
    this.root.dataset.lasso = String(lassoing)
    this.root.dataset.marked = String(marked.length)
    const canvases = this.root.querySelectorAll(".strip canvas")
    inStrip(this, marked).forEach((digit, i) => digitTile(/** @type {any} */ (canvases[i]), this.picture(digit)))
    for (const { section, spec } of panels) section.classList.toggle("wide", spec.id === this.wide)
  }

  close() {
    this.own.close()
    document.removeEventListener("wheel", this.scroll)
    this.views.close()
    this.scheme.removeEventListener("change", this.repaint)
    for (const panel of this.panels) panel.close()
  }

  update(data) {
    const grew = data.count !== this.count || data.grid !== this.grid
    ;[this.colors, this.count, this.grid] = [data.colors, data.count, data.grid]
    this.inks = inksOf(data.colors)
    if (this.wants !== data.digits) {
      this.wants = data.digits
      digitsOf(data.digits).then((pixels) => this.dress(pixels))
    }
    this.lens.hire(data.judge)
    const hidden = data.hidden.join()
    if (hidden !== this.hiddenFrom) this.setHidden(data.hidden, false)
    this.hiddenFrom = hidden
    this.recolor()
    this.setPanels(data.panels)
    this.views.look(data.view)
    if (grew) {
      for (const panel of this.panels) {
        panel.reshape()
        panel.regrid()
        panel.frame()
      }
    }
    this.own.hear(data.drawn, data.pad)
    this.show()
    this.ask()
  }

  setPanels(specs) {
    const before = new Map(this.panels.map((panel) => [panel.spec.id, panel]))
    this.panels = specs.map((spec) => {
      const panel = before.get(spec.id) ?? new MapPanel(spec, this)
      if (!before.delete(spec.id)) handle(panel, this)
      else if (JSON.stringify(spec) !== JSON.stringify(panel.spec)) panel.describe(spec)
      return panel
    })
    for (const panel of before.values()) {
      panel.close()
      if (this.pin?.panel === panel) this.pin = null
      if (this.hover?.panel === panel) this.hover = null
    }
  }

  /** On a phone a map can have the whole width. */
  grow(id) {
    this.wide = this.wide === id ? null : id
    this.show()
    for (const panel of this.panels) panel.frame()
  }

  /** The digits' pictures have come. */
  dress(pixels) {
    this.pixels = pixels
    this.root.dataset.digits = "here" // for the browser tests and the benchmark
    for (const panel of this.panels) panel.stale = true
    this.show()
    this.ask()
  }

  recolor() {
    const style = getComputedStyle(this.root)
    const of = (name) => style.getPropertyValue(`--st-${name}`).trim()
    const theme = {
      text: of("text-color"),
      ground: of("background-color"),
      primary: of("primary-color"),
      font: of("font"),
    }
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return
    this.theme = theme
    for (const panel of this.panels) panel.stale = true
    this.ask()
  }

  // ---- one frame for all that changed

  /** Ask for a frame. */
  ask() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.draw()
    })
  }

  /** The place that the lens looks at: the pin, or the pointer. */
  get point() {
    if (this.pin) {
      const { panel, x, y, touched } = this.pin
      if (!panel.view || !panel.width) return null
      const [px, py] = panel.toPixels(x, y)
      return { panel, px, py, pinned: true, touched }
    }
    return this.hover
  }

  draw() {
    const { point } = this
    const near = point && !this.lasso ? point.panel.nearestDigits(point.px, point.py, NEAR) : []
    const before = this.near.join()
    this.near = near.map(({ digit }) => digit)
    if (this.pointed != null) this.near = [this.pointed]
    for (const panel of this.panels) {
      if (this.near.join() !== before || panel === point?.panel || panel === this.lastPanel) panel.moved = true
      panel.paint()
    }
    this.lastPanel = point?.panel
    if (point && !this.lasso && point.panel.points) this.lens.show(point, near)
    else this.lens.hide()
    this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1) // for the browser tests and the benchmark
  }

  // ---- what the hand does

  hoverAt(panel, px, py) {
    this.hover = { panel, px, py }
    this.ask()
  }

  leave(panel) {
    if (this.hover?.panel === panel) this.hover = null
    this.ask()
  }

  click(panel, px, py) {
    if (!panel.view) return
    const [nearest] = panel.nearestDigits(px, py, 1)
    if (nearest && nearest.pixels <= REACH) this.mark([nearest.digit])
    else if (this.marks.size) this.mark([])
    this.setPin(panel, px, py)
  }

  setPin(panel, px, py) {
    const touched = matchMedia("(pointer: coarse)").matches
    const [x, y] = panel.toMap(px, py)
    this.pin = { panel, x, y, touched }
    this.ask()
    this.views.note()
  }

  movePin(panel, dx, dy) {
    if (!panel.view) return
    const here = this.point?.panel === panel ? this.point : { px: panel.width / 2, py: panel.height / 2 }
    const keep = (value, size) => Math.max(0, Math.min(value, size))
    this.setPin(panel, keep(here.px + dx, panel.width), keep(here.py + dy, panel.height))
    this.pin.touched = false
  }

  markNearest(panel) {
    const { point } = this
    const [nearest] = point?.panel === panel ? panel.nearestDigits(point.px, point.py, 1) : []
    if (nearest) this.mark([nearest.digit])
  }

  escape(event) {
    if (this.lasso) this.dropLasso()
    else if (this.pin || this.marks.size) {
      this.pin = null
      this.mark([])
    } else return
    event.stopPropagation()
    this.hover = null
    this.ask()
    this.views.note()
  }

  choose(lassoing) {
    this.lassoing = lassoing
    this.show()
  }

  beginLasso(panel, px, py) {
    this.lasso = { panel, path: [[px, py]] }
    ;[this.pin, this.hover] = [null, null]
    this.ask()
  }

  extendLasso(px, py) {
    this.lasso?.path.push([px, py])
    this.ask()
  }

  endLasso() {
    if (!this.lasso) return
    const { panel, path } = this.lasso
    this.lasso = null
    if (path.length > 3 && panel.points) this.mark(panel.inside(path))
    panel.moved = true
    this.ask()
  }

  dropLasso() {
    if (this.lasso) this.lasso.panel.moved = true
    this.lasso = null
    this.ask()
  }

  // ---- marks

  /** Ring one digit in every map, as if the pointer were on it; null for none. */
  pointAt(digit) {
    this.pointed = digit
    this.ask()
  }

  mark(digits) {
    this.marks = new Set(digits)
    for (const panel of this.panels) panel.stale = true
    this.show()
    this.ask()
  }

  // ---- classes

  setHidden(classes, tell = true) {
    this.hidden = new Set(classes)
    this.show()
    for (const panel of this.panels) {
      if (panel.points) panel.names = panel.middles()
      panel.stale = true
      panel.frame()
    }
    this.ask()
    clearTimeout(this.tellTimer)
    if (!tell) return
    this.hiddenFrom = [...this.hidden].sort().join()
    this.tellTimer = setTimeout(() => this.tell([...this.hidden].sort()), 400)
  }

  // ---- pictures

  picture(digit) {
    return this.pixels.subarray(784 * digit, 784 * (digit + 1))
  }

  /** A digit with a frame in its class's colour, (32 x 32). */
  thumbnail(digit, label) {
    if (!this.thumbnails.has(digit)) {
      const [small, framed] = [document.createElement("canvas"), document.createElement("canvas")]
      digitTile(small, this.picture(digit))
      framed.width = framed.height = 32
      const ctx = contextOf(framed)
      ctx.fillStyle = this.colors[label]
      ctx.fillRect(0, 0, 32, 32)
      ctx.drawImage(small, 2, 2)
      if (this.thumbnails.size > 600) this.thumbnails.clear()
      this.thumbnails.set(digit, framed)
    }
    return this.thumbnails.get(digit)
  }

  /** An empty picture to paint points on; the panels take turns, since they are of one size. */
  sheet(ctx, width, height) {
    if (this.paper?.width === width && this.paper.height === height) this.paper.data.fill(0)
    else this.paper = ctx.createImageData(width, height)
    return this.paper
  }
}
