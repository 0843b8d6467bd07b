// A drawing in MNIST's form, in the browser: what aecore/intake/segment.py `normalize` does, in the same steps. They differ in
// detail (bilinear instead of cubic enlarging, no skeleton under a stroke that is thinned), by less than 0.005 a pixel.

import { SIDE } from "../output/picture.js"

const BOX = 20 // longest side of a digit in its 28x28 picture
const FINE = 8 * BOX // it is thresholded and its stroke set at 8 times its final size
const STROKE = [1.9, 4.0] // usual widths at 28x28, px: see aecore/intake/segment.py

/** A grey picture: data row by row, 1 on ink.
 * @typedef {{data: Float32Array, width: number, height: number}} Grey */

/**
 * One digit in MNIST's form: longest side 20 px, centre of mass in the middle of 28x28, usual stroke.
 * @param {Uint8Array} ink  (side * side), 255 on ink, all of it one digit
 * @param {number} side
 * @returns {?Float32Array} (784) in [0, 1], or null if there is no ink
 * @see LeCun et al. 1998, "Gradient-based learning applied to document recognition", section III.A
 */
export function normalizeDrawing(ink, side) {
  const full = ink.reduce((a, b) => Math.max(a, b), 0)
  if (!full) return null
  const whole = { data: Float32Array.from(ink, (value) => value / full), width: side, height: side }
  const crop = cut(whole, bounds(whole, 0.5), 1)
  const scale = FINE / (Math.max(crop.width, crop.height) - 2)
  const [width, height] = [crop.width, crop.height].map((length) => Math.max(1, Math.round(length * scale)))
  const fine = scale < 1 ? reduce(crop, width, height) : enlarge(crop, width, height)
  let solid = framed({ ...fine, data: fine.data.map((value) => (value > 0.5 ? 1 : 0)) }, FINE / 8)
  solid = setStroke(solid)
  solid = cut(solid, bounds(solid, 0.5), 0)
  const small = BOX / Math.max(solid.width, solid.height)
  const [wide, high] = [solid.width, solid.height].map((length) => Math.max(1, Math.round(length * small)))
  return centre(reduce(solid, wide, high))
}

/** The ink of a whole sheet as a picture of 28 x 28, nothing moved: the mean over each pixel's square.
 * @param {Uint8Array} ink  (side * side)
 * @param {number} side
 * @returns {Float32Array} (784) in [0, 1] */
export function reduced(ink, side) {
  const data = Float32Array.from(ink, (value) => value / 255)
  return reduce({ data, width: side, height: side }, SIDE, SIDE).data
}

/** ink._center: a digit of at most 20x20 into 28x28, its centre of mass on pixel (14, 14). */
function centre({ data, width, height }) {
  let [total, x, y] = [0, 0, 0]
  data.forEach((value, i) => {
    total += value
    x += value * (i % width)
    y += value * Math.floor(i / width)
  })
  const place = (mass, length) => Math.min(Math.max(Math.round(SIDE / 2 - mass / total), 0), SIDE - length)
  const [left, top] = [place(x, width), place(y, height)]
  const out = new Float32Array(SIDE * SIDE)
  for (let y = 0; y < height; y++) out.set(data.subarray(y * width, (y + 1) * width), (top + y) * SIDE + left)
  return out
}

/** ink._set_stroke: grow or thin a two-level digit until its stroke is one that MNIST has. */
function setStroke(solid) {
  const [low, high] = STROKE.map((width) => (FINE / BOX) * width)
  const width = strokeWidth(solid)
  const target = Math.min(Math.max(width, low), high)
  const radius = (target - width) / 2 / (1 - target / FINE) // growing also widens the box that becomes 20 px
  if (Math.abs(radius) <= 0.5) return solid
  if (radius > 0) {
    const outside = distances({ ...solid, data: solid.data.map((value) => 1 - value) })
    return { ...solid, data: outside.map((distance) => (distance <= radius ? 1 : 0)) }
  }
  const inside = distances(solid)
  const deepest = inside.reduce((a, b) => Math.max(a, b), 0)
  const depth = Math.min(-radius, 0.9 * deepest) // never thinned to nothing
  return { ...solid, data: inside.map((distance) => (distance > depth ? 1 : 0)) }
}

/** ink._stroke_width: in a bar of width w the mean distance to the edge is w / 4. */
function strokeWidth(solid) {
  let [total, count] = [0, 0]
  for (const distance of distances(solid)) {
    total += distance
    if (distance > 0) count++
  }
  return (4 * total) / count
}

/** Distance of each pixel that is not 0 to the nearest that is: two sweeps with Borgefors' 5x5 mask, as OpenCV's. */
function distances({ data, width, height }) {
  const far = width + height
  const out = data.map((value) => (value ? far : 0))
  const knight = 2.1969
  const steps = [
    [-1, 0, 1],
    [0, -1, 1],
    [-1, -1, 1.4],
    [1, -1, 1.4],
    [-1, -2, knight],
    [1, -2, knight],
    [-2, -1, knight],
    [2, -1, knight],
  ]
  for (const sign of [1, -1]) {
    const offsets = steps.map(([dx, dy]) => sign * (dy * width + dx))
    const costs = steps.map(([, , cost]) => cost)
    const start = sign > 0 ? 2 : height - 3 // the frame of two pixels holds no ink
    for (let y = start; y >= 2 && y < height - 2; y += sign) {
      for (let x = sign > 0 ? 2 : width - 3; x >= 2 && x < width - 2; x += sign) {
        const at = y * width + x
        let nearest = out[at]
        if (nearest === 0) continue
        for (let i = 0; i < 8; i++) {
          const way = out[at + offsets[i]] + costs[i]
          if (way < nearest) nearest = way
        }
        out[at] = nearest
      }
    }
  }
  return out
}

/** @returns {[number, number, number, number]} left, top, right, bottom of what exceeds a level; right and bottom are exclusive */
function bounds({ data, width, height }, level) {
  let [left, top, right, bottom] = [width, height, 0, 0]
  data.forEach((value, i) => {
    if (value <= level) return
    const [x, y] = [i % width, Math.floor(i / width)]
    left = Math.min(left, x)
    right = Math.max(right, x + 1)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y + 1)
  })
  return [left, top, right, bottom]
}

/** A part of a picture with an empty frame around it. @returns {Grey} */
function cut({ data, width }, [left, top, right, bottom], frame) {
  const [wide, high] = [right - left + 2 * frame, bottom - top + 2 * frame]
  const out = { data: new Float32Array(wide * high), width: wide, height: high }
  for (let y = top; y < bottom; y++) {
    out.data.set(data.subarray(y * width + left, y * width + right), (y - top + frame) * out.width + frame)
  }
  return out
}

const framed = (picture, frame) => cut(picture, [0, 0, picture.width, picture.height], frame)

/** Bilinear, pixel centres on half numbers. */
function enlarge({ data, width, height }, toWidth, toHeight) {
  const taps = (from, to) =>
    Array.from({ length: to }, (_, i) => {
      const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1)
      return [Math.floor(at), Math.min(Math.floor(at) + 1, from - 1), at % 1]
    })
  const columns = taps(width, toWidth)
  const out = new Float32Array(toWidth * toHeight)
  taps(height, toHeight).forEach(([above, below, down], y) => {
    columns.forEach(([left, right, along], x) => {
      const mix = (row) => data[row * width + left] * (1 - along) + data[row * width + right] * along
      out[y * toWidth + x] = mix(above) * (1 - down) + mix(below) * down
    })
  })
  return { data: out, width: toWidth, height: toHeight }
}

/** Each new pixel is the mean of the area it covers: anti-aliased. */
function reduce({ data, width, height }, toWidth, toHeight) {
  const narrow = reduceRows(data, height, width, toWidth) // (height, toWidth), stored column by column
  return { data: reduceRows(narrow, toWidth, height, toHeight), width: toWidth, height: toHeight }
}

/** (rows, from) -> (to, rows): every row averaged down, the result turned, so that two calls reduce both ways. */
function reduceRows(data, rows, from, to) {
  const out = new Float32Array(to * rows)
  const step = from / to
  for (let i = 0; i < to; i++) {
    const [start, end] = [i * step, Math.min((i + 1) * step, from)]
    for (let x = Math.floor(start); x < end; x++) {
      const share = (Math.min(end, x + 1) - Math.max(start, x)) / step
      for (let row = 0; row < rows; row++) out[i * rows + row] += share * data[row * from + x]
    }
  }
  return out
}
