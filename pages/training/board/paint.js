// What a lane paints: rows of small pictures, the plane of codes, and the loss with its marks.

import { sharp } from "../../../ui/output/canvas.js"
import { PAPER, SIDE } from "../../../ui/output/picture.js"

const GAP = 1 // pixels between pictures
const INK = [255, 255, 255]
const [PLUS, MINUS] = [
  [255, 170, 90],
  [90, 180, 255],
] // of a weight
const [INKS, PLUSES, MINUSES] = [INK, PLUS, MINUS].map(shades)

/** The size of a row or sheet of pictures, in their own pixels. */
export function fitTiles(canvas, across, down = 1) {
  canvas.width = across * (SIDE + GAP) - GAP
  canvas.height = down * (SIDE + GAP) - GAP
}

/** Pictures in [0, 1] side by side, white on near-black. */
export function paintTiles(canvas, values, across, down = 1) {
  paintSheet(
    canvas,
    across,
    down,
    (at) => INKS[Math.max(0, Math.min(255, Math.round(255 * values[at])))],
    values.length,
  )
}

/** Weights as pictures, each on its own scale: orange for ink, blue against it. */
export function paintKernels(canvas, weights, across, down) {
  const size = SIDE * SIDE
  const scales = Array.from({ length: weights.length / size }, (_, k) => {
    let most = 1e-6
    for (let i = k * size; i < (k + 1) * size; i++) most = Math.max(most, Math.abs(weights[i]))
    return most
  })
  const color = (at) => {
    const share = weights[at] / scales[Math.floor(at / size)]
    return (share > 0 ? PLUSES : MINUSES)[Math.round(255 * Math.abs(share))]
  }
  paintSheet(canvas, across, down, color, weights.length)
}

/** 256 shades from paper to a colour, as a canvas holds them in memory. */
function shades(color) {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const [r, g, b] = PAPER.map((value, c) => Math.round(value + (i / 255) * (color[c] - value)))
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0
  })
}

function paintSheet(canvas, across, down, color, count) {
  const ctx = canvas.getContext("2d")
  if (!ctx) return
  canvas.picture ??= ctx.createImageData(canvas.width, canvas.height)
  canvas.pixels ??= new Uint32Array(canvas.picture.data.buffer)
  const { picture, pixels } = canvas
  const tiles = Math.min(across * down, count / (SIDE * SIDE))
  for (let tile = 0, at = 0; tile < tiles; tile++) {
    const [left, top] = [(tile % across) * (SIDE + GAP), Math.floor(tile / across) * (SIDE + GAP)]
    for (let row = 0; row < SIDE; row++) {
      const begin = (top + row) * picture.width + left
      for (let column = 0; column < SIDE; column++) pixels[begin + column] = color(at++)
    }
  }
  ctx.putImageData(picture, 0, 0)
}

const DOT = 3.2 // px

/** Codes of test digits, in the colours of their classes, which also stand as digits where most of them are. */
export class Plane {
  shown = new Float32Array(0) // what is on the screen, on its way to what is true
  target = new Float32Array(0)
  edge = 1 // of what is seen, in units of the code
  wanted = 1 // the edge that it is on its way to
  stale = true // something has changed since the last painting

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
  }

  learn(codes) {
    this.target = codes
    if (this.shown.length !== codes.length) this.shown = codes.slice()
    const sizes = codes.map(Math.abs).sort()
    this.wanted = (sizes[Math.floor(0.985 * sizes.length)] || 1) * 1.12
    this.stale = true
  }

  /** A step towards the truth; whether anything moves. */
  ease(calm) {
    const { shown, target } = this
    let far = Math.abs(this.wanted - this.edge)
    this.edge += (calm ? 1 : 0.15) * (this.wanted - this.edge)
    for (let i = 0; i < shown.length; i++) {
      const gap = target[i] - shown[i]
      shown[i] += calm ? gap : 0.2 * gap
      far = Math.max(far, Math.abs(gap))
    }
    const moves = far > 0.004 * this.edge
    this.stale ||= moves
    return moves
  }

  /** All points as one picture, and ten digits over it; nothing where nothing has changed. */
  paint(y, colors, theme) {
    if (!this.stale) return
    const sheet = sharp(this.canvas)
    if (!sheet || !this.shown.length) return
    this.stale = false
    const { ctx, width, height } = sheet
    const { shown, canvas } = this
    const dense = canvas.width / width
    const scale = Math.min(width, height) / 2 / this.edge
    const [across, down] = [canvas.width, canvas.height]
    if (this.picture?.width !== across || this.picture?.height !== down) {
      this.picture = ctx.createImageData(across, down)
      this.dots = new Uint32Array(this.picture.data.buffer)
    }
    const dots = /** @type {Uint32Array} */ (this.dots)
    dots.fill(0)
    const side = Math.max(2, Math.round(DOT * dense))
    const inks = colors.map(packed)
    const middles = Array.from({ length: 10 }, () => [0, 0, 0])
    for (let i = 0; i < y.length; i++) {
      const [px, py] = [width / 2 + shown[2 * i] * scale, height / 2 - shown[2 * i + 1] * scale]
      const middle = middles[y[i]]
      middle[0] += px
      middle[1] += py
      middle[2]++
      const [left, top] = [Math.round(px * dense - side / 2), Math.round(py * dense - side / 2)]
      if (left < 0 || top < 0 || left + side > across || top + side > down) continue
      for (let row = top; row < top + side; row++)
        dots.fill(inks[y[i]], row * across + left, row * across + left + side)
    }
    ctx.putImageData(/** @type {ImageData} */ (this.picture), 0, 0)
    ctx.font = `700 14px ${theme.font}`
    ctx.textAlign = "center"
    ctx.textBaseline = "middle"
    ctx.lineWidth = 3
    ctx.lineJoin = "round"
    ctx.strokeStyle = theme.ground
    ctx.fillStyle = theme.text
    middles.forEach(([sx, sy, n], digit) => {
      ctx.strokeText(String(digit), sx / n, sy / n)
      ctx.fillText(String(digit), sx / n, sy / n)
    })
  }
}

/** "#3f90da" as a canvas holds it in memory, a little see-through. */
function packed(color) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))
  return ((215 << 24) | (b << 16) | (g << 8) | r) >>> 0
}

const ROWS = 5 // on which the marks' words find room
const MOST = 500 // points of a curve that are kept; beyond, neighbours are averaged

/** The loss of the training, of held-out digits, and their terms; and what the visitor changed, and when. */
export class Curve {
  points = /** @type {any[]} */ ([]) // { step, loss, reconstruction, kl }
  held = /** @type {any[]} */ ([])
  marks = /** @type {{ step: number, changes: Object<string, string> }[]} */ ([]) // setting -> what the mark says of it
  since = 0 // step from which on the scale counts: another loss has another one

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
  }

  clear() {
    Object.assign(this, { points: [], held: [], marks: [], since: 0 })
  }

  add(trail, held) {
    if (trail) this.points.push(trail)
    if (held && Number.isFinite(held.loss)) this.held.push(held)
    if (this.points.length > MOST) this.points = this.points.filter((_, i) => i % 2)
    if (this.held.length > MOST) this.held = this.held.filter((_, i) => i % 2)
  }

  /** Forgets what came after a step: the run has gone back to it. */
  cut(step) {
    if (!(this.points.at(-1)?.step > step)) return
    this.points = this.points.filter((point) => point.step <= step)
    this.held = this.held.filter((point) => point.step <= step)
    this.marks = this.marks.map((mark) => ({ ...mark, step: Math.min(mark.step, step) }))
    this.since = Math.min(this.since, step)
  }

  /** The visitor has changed a setting; what was changed before at the same step shares the mark. */
  mark(step, name, text, anew) {
    const last = this.marks.at(-1)
    if (last && last.step === step) last.changes[name] = text
    else this.marks.push({ step, changes: { [name]: text } })
    if (anew) this.since = step
  }

  paint(color, theme, variational) {
    const sheet = sharp(this.canvas)
    if (!sheet) return
    const { ctx, width, height } = sheet
    const [left, right, top, bottom] = [40, 6, 14, 20]
    const [points, held] = [this.points, this.held].map((all) => all.filter(({ step }) => step > this.since))
    const seen = [...points, ...held]
    const last = this.points.at(-1)?.step ?? 0
    const first = Math.min(last / 4, 400)
    const values = seen
      .filter(({ step }) => step >= this.since + Math.min(first, (last - this.since) / 3))
      .map(({ loss }) => loss)
    const [low, high] = scaleOf(values)
    const x = (step) => left + ((width - left - right) * step) / Math.max(last, 200)
    const y = (value) => top + (height - top - bottom) * (1 - (value - low) / (high - low))
    ctx.font = `11px ${theme.font}`
    ctx.fillStyle = theme.muted
    ctx.strokeStyle = theme.line
    ctx.lineWidth = 1
    ctx.textBaseline = "middle"
    ctx.textAlign = "right"
    for (const share of [0, 0.5, 1]) {
      const value = low + share * (high - low)
      ctx.beginPath()
      ctx.moveTo(left, y(value))
      ctx.lineTo(width - right, y(value))
      ctx.stroke()
      ctx.fillText(value.toFixed(high - low < 4 ? 1 : 0), left - 5, y(value))
    }
    ctx.fillText(`${last.toLocaleString("en")} steps`, width - right, height - 7)
    this.paintMarks(ctx, x, top, height - bottom, theme)
    const line = (points, of, stroke, lineWidth, alpha = 1, dash = /** @type {number[]} */ ([])) => {
      ctx.globalAlpha = alpha
      ctx.setLineDash(dash)
      ctx.strokeStyle = stroke
      ctx.lineWidth = lineWidth
      ctx.beginPath()
      for (const point of points) ctx.lineTo(x(point.step), y(of(point)))
      ctx.stroke()
      ctx.setLineDash([])
      ctx.globalAlpha = 1
    }
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, top - 4, width - left - right, height - top - bottom + 8)
    ctx.clip() // the first steps are far above
    if (variational) line(points, ({ reconstruction }) => reconstruction, color, 1, 0.6, [1, 3])
    line(points, ({ loss }) => loss, color, 1, 0.45)
    line(smooth(points), ({ loss }) => loss, color, 2.2)
    line(held, ({ loss }) => loss, theme.text, 1.6, 1, [5, 4])
    ctx.restore()
  }

  paintMarks(ctx, x, top, bottom, theme) {
    ctx.textAlign = "left"
    const ends = Array(ROWS).fill(-Infinity) // of the words on each row
    for (const { step, changes } of this.marks) {
      ctx.setLineDash([2, 3])
      ctx.strokeStyle = theme.primary
      ctx.beginPath()
      ctx.moveTo(x(step), top - 6)
      ctx.lineTo(x(step), bottom)
      ctx.stroke()
      ctx.setLineDash([])
      ctx.fillStyle = theme.text
      const text = Object.values(changes).join(", ")
      const wide = ctx.measureText(text).width
      const left = Math.max(Math.min(x(step) + 4, this.canvas.clientWidth - wide - 4), 4)
      const row = Math.max(
        ends.findIndex((end) => end < left),
        0,
      )
      ends[row] = left + wide + 6
      ctx.fillText(text, left, top - 7 + 12 * row)
    }
  }
}

function scaleOf(values) {
  if (!values.length) return [0, 1]
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[0], sorted[Math.floor(0.98 * (sorted.length - 1))]]
  const room = Math.max(high - low, 0.02 * Math.abs(high), 0.2)
  return [low - 0.08 * room, high + 0.12 * room]
}

function smooth(points) {
  let loss = points[0]?.loss
  return points.map((point) => {
    loss += (point.loss < 0.8 * loss ? 1 : 0.2) * (point.loss - loss) // it falls fast at first
    return { step: point.step, loss }
  })
}
