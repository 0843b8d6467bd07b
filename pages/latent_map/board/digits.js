// A map of digits in a panel: its points, its classes and their names, and what the board links with other panels.

import { render } from "../../../ui/vendor/lit-html.js"
import { MapView } from "../../../ui/output/map/view.js"
import { contextOf } from "../../../ui/output/picture.js"
import { insideRing } from "./axes.js"
import { panelFrame } from "./frame.js"

const CODES = 0.05 // share of a network's codes that may lie outside, to each side: a few lie very far out

export class DigitMap extends MapView {
  ringed = /** @type {any} */ (null) // of `insideRing`, for maps of codes
  note = "" // on the map, while there is something to say
  names = /** @type {any} */ (null) // flat places of the classes' names

  /**
   * @param {any} spec  of one map in Python's message
   * @param {any} board  that links the maps
   */
  constructor(spec, board) {
    super()
    this.spec = spec
    this.board = board
    if (spec.decodes) this.outside = CODES
    this.section = /** @type {Skeleton} */ (document.createElement("section"))
    this.section.className = "panel"
    this.section.dataset.map = spec.name
    this.frame()
    this.plot = this.section.querySelector(".plot")
    this.canvases = [.../** @type {any} */ (this.section.querySelectorAll("canvas"))]
    const [back, base, over] = this.canvases.map(contextOf)
    this.back = back // the grid of decoded digits
    this.base = base
    this.over = over
  }

  /** Writes what stands around the map and on it. */
  frame() {
    if (this.points && this.spec.decodes) this.ringed = insideRing(this)
    render(panelFrame(this), this.section)
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

  resized() {
    const { views } = this.board
    if (!this.view) this.reshape()
    else if (this.fits) views.refit(this)
    views.restore(this)
  }

  /** Maps of codes have the scale that all of them share. */
  fittingScale() {
    return this.board.views.sharedScale(this) ?? this.ownScale()
  }

  /** The view is another one: paint it, and let the grid behind the points follow. */
  changed() {
    super.changed()
    this.board.views.changed(this)
  }

  scaled() {
    this.board.views.scaled(this)
  }

  /** Test digits, nearest first, of at most k points that are shown, with their distance in pixels. */
  nearestDigits(px, py, k) {
    return this.nearest(px, py, k).map(({ i, pixels }) => ({ digit: this.points.digit[i], pixels }))
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
