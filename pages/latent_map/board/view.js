// A map in a panel: its points, which part of them is in sight, and the ways between three coordinates: of the map
// (what networks encode to), flat (what is drawn: the same, or the prior's quantiles where a grid of decoded digits
// lies behind), and CSS pixels of the panel.

import { render } from "../../../ui/vendor/lit-html.js"
import { contextOf } from "../../../ui/output/picture.js"
import { panelFrame } from "./frame.js"
import { inverseNormal, normalShare } from "./normal.js"

const RAIL = 112 // px that the visitor's digit takes on the right of a wide panel

export class MapView {
  points = /** @type {any} */ (null) // as ../points/points.js brings them; null until then
  flat = /** @type {any} */ (null) // (2 n) flat coordinates of the points
  view = /** @type {any} */ (null) // { x, y: flat, in the middle; scale: CSS pixels a flat unit }
  width = 0 // CSS pixels
  height = 0
  fitted = 1 // the scale at which nearly all points are in sight
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
    render(panelFrame(this), this.section)
  }

  /** Paints what has changed. */
  paint() {}

  // ---- coordinates

  /** @returns {[number, number]} */
  flatten(x, y) {
    return this.spec.prior && this.board.grid ? [normalShare(x), normalShare(y)] : [x, y]
  }

  /** @returns {[number, number]} */
  unflatten(x, y) {
    return this.spec.prior && this.board.grid ? [inverseNormal(x), inverseNormal(y)] : [x, y]
  }

  /** @returns {[number, number]} */
  toPixels(x, y) {
    const { x: cx, y: cy, scale } = this.view
    return [this.width / 2 + (x - cx) * scale, this.height / 2 - (y - cy) * scale]
  }

  /** @returns {[number, number]} */
  toFlat(px, py) {
    const { x, y, scale } = this.view
    return [x + (px - this.width / 2) / scale, y - (py - this.height / 2) / scale]
  }

  /** The map's code at a place given in pixels: what its network decodes. */
  codeAt(px, py) {
    return Float32Array.from(this.unflatten(...this.toFlat(px, py)))
  }

  /** Call it when points, grid or the digits shown have changed: flat coordinates, class names' places, the view. */
  reshape() {
    if (!this.points) return
    const { xy } = this.points
    this.flat = this.spec.prior && this.board.grid ? xy.map(normalShare) : xy // one axis at a time, as `flatten` does
    this.names = this.middles()
    const quantiles = this.spec.prior && this.board.grid
    if (!this.view || quantiles !== this.quantiles) this.fit()
    this.quantiles = quantiles
    this.stale = true
  }

  /** Where each class's name stands: the median of its points; null for a class without points. */
  middles() {
    const median = (values) => values.sort()[values.length >> 1]
    const members = /** @type {number[][]} */ (Array.from({ length: 10 }, () => []))
    this.points.label.forEach((label, i) => this.shows(i) && members[label].push(i))
    return members.map((rows) =>
      rows.length ? [0, 1].map((axis) => median(Float32Array.from(rows, (i) => this.flat[2 * i + axis]))) : null,
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
    } else this.reshape()
    this.stale = this.moved = true
    this.paint()
  }

  /** Show nearly all points, not the last outliers. */
  fit() {
    if (!this.flat || !this.width) return
    const [left, right, bottom, top] = this.quantileBox()
    const rail = this.spec.decodes && this.width > this.height * 1.2 ? RAIL : 0
    const scale = Math.min((this.width - rail - 24) / (right - left), (this.height - 24) / (top - bottom))
    this.view = { x: (left + right) / 2 + rail / 2 / scale, y: (bottom + top) / 2, scale }
    this.fitted = scale
    this.stale = this.moved = true
    this.board.ask()
  }

  quantileBox() {
    if (this.spec.prior && this.board.grid) return [0, 1, 0, 1]
    const ends = (axis) => {
      const sorted = Float32Array.from({ length: this.flat.length / 2 }, (_, i) => this.flat[2 * i + axis]).sort()
      const at = (share) => sorted[Math.round(share * (sorted.length - 1))]
      return [at(0.002), at(0.998)]
    }
    return [...ends(0), ...ends(1)]
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    if (!this.view) return
    const [x, y] = this.toFlat(px, py)
    const scale = Math.min(Math.max(this.view.scale * factor, this.fitted * 0.4), this.fitted * 200)
    this.view = { x: x - (px - this.width / 2) / scale, y: y + (py - this.height / 2) / scale, scale }
    this.stale = this.moved = true
    this.board.ask()
  }

  pan(dx, dy) {
    if (!this.view) return
    this.view.x -= dx / this.view.scale
    this.view.y += dy / this.view.scale
    this.stale = this.moved = true
    this.board.ask()
  }

  /** Places in this map, nearest first, of at most k points that are shown, with their distance in pixels. */
  nearest(px, py, k) {
    if (!this.view) return []
    const [x, y] = this.toFlat(px, py)
    const { flat } = this
    const best = [] // few: kept sorted by insertion
    for (let i = 0, n = flat.length / 2; i < n; i++) {
      const distance = (flat[2 * i] - x) ** 2 + (flat[2 * i + 1] - y) ** 2
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
      if (this.shows(i) && encloses(path, this.toPixels(this.flat[2 * i], this.flat[2 * i + 1]))) {
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
