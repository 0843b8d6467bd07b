// A map of points on canvases: which part of it is in sight, and the way between the map's coordinates and CSS pixels.
// What the points are, whoever extends it says and paints; hand.js lets the visitor's hand act on it.

const MARGIN = 12 // px around the points

export class MapView {
  points = /** @type {any} */ (null) // { xy: Float32Array (2 N) of the map's coordinates, y upwards ... }; null until then
  view = /** @type {any} */ (null) // { x, y: in the middle; scale: CSS pixels a unit of the map }
  width = 0 // CSS pixels
  height = 0
  fitted = 1 // the scale of `fit`
  fits = true // nobody has moved the view since
  stale = false // the points must be painted again
  moved = false // only what lies above them
  plot = /** @type {any} */ (null) // the element that the map fills
  canvases = /** @type {HTMLCanvasElement[]} */ ([]) // in it, one on top of the other
  outside = 0.002 // share of the points that `fit` may leave out, to each side

  // ---- what others add

  /** Paints what has changed. */
  paint() {}

  /** Whether the i-th point is among those that the visitor wants to see. @param {number} _i */
  shows(_i) {
    return true
  }

  /** The view is another one. */
  changed() {
    this.stale = this.moved = true
  }

  /** It was zoomed. */
  scaled() {}

  /** It has another size. */
  resized() {}

  /** The scale at which all that is to be in sight fits. */
  fittingScale() {
    return this.ownScale()
  }

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

  // ---- view

  resize() {
    const { width, height } = this.plot.getBoundingClientRect()
    if (!width || !height) return
    const growth = this.view && this.width ? Math.min(width / this.width, height / this.height) : 1
    ;[this.width, this.height] = [width, height]
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * devicePixelRatio)
      canvas.height = Math.round(height * devicePixelRatio)
    }
    if (this.view) {
      this.view.scale *= growth
      this.fitted *= growth
    }
    this.resized()
    this.stale = this.moved = true
    this.paint()
  }

  /** Show nearly all points, not the last outliers. */
  fit() {
    if (!this.points || !this.width) return
    const [left, right, bottom, top] = this.box()
    this.fitted = this.fittingScale()
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
    const out = this.outside
    const ends = (axis) => {
      const sorted = Float32Array.from({ length: xy.length / 2 }, (_, i) => xy[2 * i + axis]).sort()
      const at = (share) => sorted[Math.round(share * (sorted.length - 1))]
      return [at(out), at(1 - out)]
    }
    return [...ends(0), ...ends(1)]
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    if (!this.view) return
    const [x, y] = this.toMap(px, py)
    const scale = Math.min(Math.max(this.view.scale * factor, this.fitted * 0.4), this.fitted * 200)
    this.view = { x: x - (px - this.width / 2) / scale, y: y + (py - this.height / 2) / scale, scale }
    this.fits = false
    this.scaled()
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
    return best.map(({ i, distance }) => ({ i, pixels: Math.sqrt(distance) * this.view.scale }))
  }
}
