// Paints a map on three canvases: behind, the grid of decoded digits; the points, painted once; above them all that
// follows the pointer.

import { SIDE } from "../../../ui/output/picture.js"
import { dot, layDot } from "./dots.js"
import { starCorners } from "./own.js"
import { paintAxes, paintRing } from "./axes.js"
import { DigitMap } from "./digits.js"

const THUMBS = 300 // when no more points than these are in sight, they become pictures

export class PaintedMap extends DigitMap {
  own = /** @type {any} */ (null) // the visitor's digit: { at: [x, y] of the map, mu, sigma, sample, recon }
  tiles = /** @type {any} */ (null) // the grid of decoded digits: { canvas, box: [left, top, width, height] of the map }

  /** It decodes any of its points. */
  get alive() {
    return false
  }

  paint() {
    if (!this.view || !this.width) return
    const { stale, moved } = this
    if (stale) {
      this.paintBack()
      this.paintBase()
    }
    if (stale || moved) this.paintOver()
    Object.assign(this, { stale: false, moved: false })
  }

  paintBase() {
    const { base: ctx, board } = this
    const ratio = devicePixelRatio
    const { width, height } = ctx.canvas
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, width, height)
    const inSight = this.inSight()
    const pictures = board.pixels && inSight.length <= THUMBS && this.view.scale > 1.5 * this.fitted
    if (pictures) this.paintThumbnails(ctx, inSight, ratio)
    else this.paintDots(ctx, inSight, ratio)
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    if (this.spec.decodes) paintAxes(ctx, this)
    this.paintNames(ctx, pictures || this.view.scale > 8 * this.fitted ? [] : this.namesPlaces())
    if (this.spec.decodes) paintRing(ctx, this)
    board.root.dataset.painted ??= performance.now() // ms since navigation, for the benchmark
  }

  /** Places in this map of the points that lie in the panel. */
  inSight() {
    const { x, y, scale } = this.view
    const [w, h] = [this.width / 2 / scale, this.height / 2 / scale]
    const { xy } = this.points
    const places = []
    for (let i = 0, n = xy.length / 2; i < n; i++) {
      if (Math.abs(xy[2 * i] - x) < w && Math.abs(xy[2 * i + 1] - y) < h && this.shows(i)) places.push(i)
    }
    return places
  }

  paintDots(ctx, inSight, ratio) {
    const { board, points } = this
    const { xy } = points
    const crowd = Math.min(board.count, points.label.length)
    const grow = Math.min(Math.max((this.view.scale / this.fitted) ** 0.4, 1), 2.4)
    const radius = (crowd > 5000 ? 1.5 : crowd > 1000 ? 2.2 : 3.2) * (this.tiles ? 0.8 : 1) * grow
    const { x, y, scale } = this.view
    const { width, height } = ctx.canvas
    const [middleX, middleY, step] = [width / 2, height / 2, scale * ratio]
    const picture = board.sheet(ctx, width, height)
    for (const turn of board.marks.size > 1 ? ["others", "marked"] : ["all"]) {
      const pixels = dot((turn === "marked" ? Math.max(radius, 2.6) : radius) * ratio, turn === "others" ? 0.14 : 0.8)
      for (const i of inSight) {
        if (turn !== "all" && board.marks.has(points.digit[i]) !== (turn === "marked")) continue
        const px = Math.round(middleX + (xy[2 * i] - x) * step)
        const py = Math.round(middleY - (xy[2 * i + 1] - y) * step)
        layDot(picture, pixels, px, py, board.inks[points.label[i]])
      }
    }
    ctx.putImageData(picture, 0, 0)
  }

  paintThumbnails(ctx, inSight, ratio) {
    const side = Math.min(Math.max(Math.sqrt((this.width * this.height) / (inSight.length + 1)) * 0.75, 18), 56) * ratio
    ctx.imageSmoothingEnabled = side < SIDE
    for (const i of inSight) {
      const digit = this.points.digit[i]
      const [px, py] = this.toPixels(this.points.xy[2 * i], this.points.xy[2 * i + 1])
      ctx.globalAlpha = this.board.marks.size > 1 && !this.board.marks.has(digit) ? 0.25 : 1
      const picture = this.board.thumbnail(digit, this.points.label[i])
      ctx.drawImage(picture, px * ratio - side / 2, py * ratio - side / 2, side, side)
    }
    ctx.globalAlpha = 1
  }

  paintBack() {
    const { back: ctx } = this
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height)
    if (!this.tiles) return
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    const {
      canvas,
      box: [left, top, width, height],
    } = this.tiles
    const [px, py] = this.toPixels(left, top)
    ctx.imageSmoothingEnabled = width * this.view.scale < canvas.width
    ctx.drawImage(canvas, px, py, width * this.view.scale, height * this.view.scale)
  }

  /** The path of an ellipse around a place of the map. */
  trace(ctx, x, y, width, height) {
    ctx.beginPath()
    for (let i = 0; i <= 72; i++) {
      const angle = (i / 36) * Math.PI
      ctx.lineTo(...this.toPixels(x + width * Math.cos(angle), y + height * Math.sin(angle)))
    }
  }

  namesPlaces() {
    return apart(
      this.names.map((middle) => middle && this.toPixels(...middle)),
      2.3 * this.nameRadius,
    )
  }

  /** Small names where the classes lie close together, so that they do not hide what they name. */
  get nameRadius() {
    const shown = this.names.filter(Boolean)
    const across = (axis) =>
      Math.max(...shown.map((place) => place[axis])) - Math.min(...shown.map((place) => place[axis]))
    return Math.min(Math.max((Math.max(across(0), across(1)) * this.view.scale) / 16, 6.5), 10)
  }

  paintNames(ctx, places) {
    const { colors } = this.board
    const radius = places.length ? this.nameRadius : 0
    ctx.font = `700 ${1.3 * radius}px ${this.board.theme.font}`
    ctx.textAlign = "center"
    ctx.textBaseline = "middle"
    places.forEach((place, label) => {
      if (!place) return
      const [px, py] = place
      ctx.beginPath()
      ctx.arc(px, py, radius, 0, 2 * Math.PI)
      ctx.fillStyle = this.board.theme.ground
      ctx.fill()
      ctx.lineWidth = 0.3 * radius
      ctx.strokeStyle = colors[label]
      ctx.stroke()
      ctx.fillStyle = this.board.theme.text
      ctx.fillText(label, px, py + 0.5)
    })
    ctx.textBaseline = "alphabetic"
  }

  paintOver() {
    const { over: ctx, board } = this
    const { width, height } = ctx.canvas
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, width, height)
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    this.paintOwn(ctx)
    if (board.marks.size === 1) this.ring(ctx, [...board.marks][0], 8, 3)
    board.near.forEach((digit, rank) => this.ring(ctx, digit, rank ? 4 : 7, rank ? 1 : 2.5))
    const point = board.point
    if (point?.panel === this && this.alive) {
      ctx.strokeStyle = board.theme.text
      ctx.lineWidth = 1.5
      ctx.beginPath()
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        ctx.moveTo(point.px + 4 * dx, point.py + 4 * dy)
        ctx.lineTo(point.px + 12 * dx, point.py + 12 * dy)
      }
      ctx.stroke()
    }
    if (board.lasso?.panel === this) {
      ctx.beginPath()
      for (const [px, py] of board.lasso.path) ctx.lineTo(px, py)
      ctx.closePath()
      ctx.globalAlpha = 0.15
      ctx.fillStyle = board.theme.primary
      ctx.fill()
      ctx.globalAlpha = 1
      ctx.lineWidth = 1.5
      ctx.strokeStyle = board.theme.primary
      ctx.stroke()
    }
  }

  ring(ctx, digit, radius, line) {
    const i = this.points?.row[digit] ?? -1
    if (i < 0) return
    const [px, py] = this.toPixels(this.points.xy[2 * i], this.points.xy[2 * i + 1])
    for (const [color, extra] of [
      [this.board.theme.ground, 2],
      [this.board.theme.text, 0],
    ]) {
      ctx.beginPath()
      ctx.arc(px, py, radius, 0, 2 * Math.PI)
      ctx.lineWidth = line + extra
      ctx.strokeStyle = color
      ctx.stroke()
    }
    ctx.beginPath()
    ctx.arc(px, py, radius - 2, 0, 2 * Math.PI)
    ctx.fillStyle = this.board.colors[this.points.label[i]]
    ctx.fill()
  }

  /** The visitor's digit: a star; the posterior's ellipses at one and two standard deviations; a sample as a dot. */
  paintOwn(ctx) {
    const {
      own,
      board: { theme },
    } = this
    if (!own) return
    if (own.sigma) {
      for (const sd of [2, 1]) {
        this.trace(ctx, ...own.mu, sd * own.sigma[0], sd * own.sigma[1])
        ctx.globalAlpha = 0.25
        ctx.fillStyle = theme.primary
        ctx.fill()
        ctx.globalAlpha = 1
        ctx.lineWidth = 1.5
        ctx.strokeStyle = theme.primary
        ctx.stroke()
      }
    }
    const [px, py] = this.toPixels(...own.at)
    ctx.beginPath()
    for (const corner of starCorners(px, py, 11)) ctx.lineTo(...corner)
    ctx.closePath()
    ctx.lineJoin = "round"
    ctx.lineWidth = 5
    ctx.strokeStyle = theme.ground
    ctx.stroke()
    ctx.lineWidth = 2
    ctx.strokeStyle = theme.text
    ctx.stroke()
    ctx.fillStyle = theme.primary
    ctx.fill()
    if (own.sample) {
      const [sx, sy] = this.toPixels(...own.sample)
      ctx.beginPath()
      ctx.arc(sx, sy, 4.5, 0, 2 * Math.PI)
      ctx.fillStyle = theme.text
      ctx.fill()
      ctx.lineWidth = 2
      ctx.strokeStyle = theme.ground
      ctx.stroke()
    }
  }
}

/** Places moved until each is `gap` pixels from every other, as little as that takes. */
function apart(places, gap) {
  const moved = places.map((place) => place && [...place])
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < moved.length; i++) {
      for (let j = 0; j < i; j++) {
        if (!moved[i] || !moved[j]) continue
        const [dx, dy] = [moved[i][0] - moved[j][0] || 0.1, moved[i][1] - moved[j][1]]
        const distance = Math.hypot(dx, dy)
        if (distance >= gap) continue
        const push = (gap - distance) / 2 / distance
        moved[i] = [moved[i][0] + push * dx, moved[i][1] + push * dy]
        moved[j] = [moved[j][0] - push * dx, moved[j][1] - push * dy]
      }
    }
  }
  return moved
}
