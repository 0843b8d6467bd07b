// A map in a panel: its points, which part of them is in sight, and the way between the map's coordinates (what networks
// encode to) and CSS pixels of the panel.

import { render } from "../../../ui/vendor/lit-html.js"
import { contextOf } from "../../../ui/output/picture.js"
import { insideRing } from "./axes.js"
import { panelFrame } from "./frame.js"

const MARGIN = 12 // px around the points
const CODES = 0.05 // share of a network's codes that may lie outside, to each side: a few lie very far out
const FEW = 0.002 // the same of other maps

export class MapView {
  points = /** @type {any} */ (null) // as ../points/points.js brings them; null until then
  view = /** @type {any} */ (null) // { x, y: in the middle; scale: CSS pixels a unit of the map }
  width = 0 // CSS pixels
  height = 0
  fitted = 1 // the scale of `fit`
  fits = true // nobody has moved the view since
  ringed = /** @type {any} */ (null) // of `insideRing`, for maps of codes
  note = "" // on the map, while there is something to say
  names = /** @type {any} */ (null) // flat places of the classes' names
  stale = false // the points must be painted again
  moved = false // only what lies above them

  /**
   * @param {any} spec  of one map in Python's message
   * @param {any} board  that links the maps
   */
  constructor(spec, board) {
    this.spec = spec
    this.board = board
    this.section = /** @type {Skeleton} */ (document.createElement("section"))
    this.section.className = "panel"
    this.section.dataset.map = spec.name
    this.frame()
    this.plot = this.section.querySelector(".plot")
    const [back, base, over] = [...this.section.querySelectorAll("canvas")].map(contextOf)
    this.back = back // the grid of decoded digits
    this.base = base
    this.over = over
  }

  /** Writes what stands around the map and on it. */
  frame() {
    if (this.points && this.spec.decodes) this.ringed = insideRing(this)
    render(panelFrame(this), this.section)
  }

  /** Paints what has changed. */
  paint() {}

  // ---- coordinates

  /** @returns {[number, number]} */
  toPixels(x, y) {
    const { x: cx, y: cy, scale } = this.view
    return [this.width / 2 + (x - cx) * scale, this.height / 2 - (y - cy) * scale]
  }

  /** @returns {[number, number]} */
  toMap(px, py) {
    const { x, y, scale } = this.view
    return [x + (px - this.width / 2) / scale, y - (py - this.height / 2) / scale]
  }

  /** The map's code at a place given in pixels: what its network decodes. */
  codeAt(px, py) {
    return Float32Array.from(this.toMap(px, py))
  }

  /** Call it when the points or the digits shown have changed. */
  reshape() {
    if (!this.points) return
    this.names = this.middles()
    if (!this.view) this.fit()
    this.stale = true
  }

  /** Where each class's name stands: the median of its points; null for a class without points. */
  middles() {
    const median = (values) => values.sort()[values.length >> 1]
    const members = /** @type {number[][]} */ (Array.from({ length: 10 }, () => []))
    this.points.label.forEach((label, i) => this.shows(i) && members[label].push(i))
    return members.map((rows) =>
      rows.length ? [0, 1].map((axis) => median(Float32Array.from(rows, (i) => this.points.xy[2 * i + axis]))) : null,
    )
  }

  /** Whether the i-th point is among those that the visitor wants to see. */
  shows(i) {
    return this.points.digit[i] < this.board.count && !this.board.hidden.has(this.points.label[i])
  }

  // ---- view

  resize() {
    const { width, height } = this.plot.getBoundingClientRect()
    if (!width || !height) return
    const growth = this.view && this.width ? Math.min(width / this.width, height / this.height) : 1
    ;[this.width, this.height] = [width, height]
    for (const { canvas } of [this.back, this.base, this.over]) {
      canvas.width = Math.round(width * devicePixelRatio)
      canvas.height = Math.round(height * devicePixelRatio)
    }
    if (this.view) {
      this.view.scale *= growth
      this.fitted *= growth
      if (this.fits) this.board.views.refit(this)
    } else this.reshape()
    this.board.views.restore(this)
    this.stale = this.moved = true
    this.paint()
  }

  /** Show nearly all points, not the last outliers; maps of codes on the scale that all of them share. */
  fit() {
    if (!this.points || !this.width) return
    const [left, right, bottom, top] = this.box()
    this.fitted = this.board.views.sharedScale(this) ?? this.ownScale()
    this.view = { x: (left + right) / 2, y: (bottom + top) / 2, scale: this.fitted }
    this.fits = true
    this.changed()
  }

  /** Pixels a unit at which the box of the points fills the panel; 0 while either is unknown. */
  ownScale() {
    if (!this.points || !this.width) return 0
    const [left, right, bottom, top] = this.box()
    return Math.min((this.width - 2 * MARGIN) / (right - left), (this.height - 2 * MARGIN) / (top - bottom))
  }

  box() {
    const { xy } = this.points
    const out = this.spec.decodes ? CODES : FEW
    const ends = (axis) => {
      const sorted = Float32Array.from({ length: xy.length / 2 }, (_, i) => xy[2 * i + axis]).sort()
      const at = (share) => sorted[Math.round(share * (sorted.length - 1))]
      return [at(out), at(1 - out)]
    }
    return [...ends(0), ...ends(1)]
  }

  /** The view is another one: paint it, and let the grid behind the points follow. */
  changed() {
    this.stale = this.moved = true
    this.board.views.changed(this)
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    if (!this.view) return
    const [x, y] = this.toMap(px, py)
    const scale = Math.min(Math.max(this.view.scale * factor, this.fitted * 0.4), this.fitted * 200)
    this.view = { x: x - (px - this.width / 2) / scale, y: y + (py - this.height / 2) / scale, scale }
    this.fits = false
    this.board.views.scaled(this)
    this.changed()
  }

  pan(dx, dy) {
    if (!this.view) return
    this.view.x -= dx / this.view.scale
    this.view.y += dy / this.view.scale
    this.fits = false
    this.changed()
  }

  /** Places in this map, nearest first, of at most k points that are shown, with their distance in pixels. */
  nearest(px, py, k) {
    if (!this.view || !this.points) return []
    const [x, y] = this.toMap(px, py)
    const { xy } = this.points
    const best = [] // few: kept sorted by insertion
    for (let i = 0, n = xy.length / 2; i < n; i++) {
      const distance = (xy[2 * i] - x) ** 2 + (xy[2 * i + 1] - y) ** 2
      if (best.length === k && distance >= best[k - 1].distance) continue
      if (!this.shows(i)) continue
      let at = best.length
      while (at > 0 && best[at - 1].distance > distance) at--
      best.splice(at, 0, { i, distance })
      if (best.length > k) best.pop()
    }
    const { digit } = this.points
    return best.map(({ i, distance }) => ({ digit: digit[i], pixels: Math.sqrt(distance) * this.view.scale }))
  }

  /** Test digits that lie inside a polygon of pixels. */
  inside(path) {
    const digits = []
    for (let i = 0; i < this.points.label.length; i++) {
      if (this.shows(i) && encloses(path, this.toPixels(this.points.xy[2 * i], this.points.xy[2 * i + 1]))) {
        digits.push(this.points.digit[i])
      }
    }
    return digits
  }
}

/** Even-odd rule. */
function encloses(path, [x, y]) {
  let within = false
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [[ax, ay], [bx, by]] = [path[i], path[j]]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within
  }
  return within
}
