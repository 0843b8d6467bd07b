// What a layer made, as small pictures: a sheet of all its feature maps, or a strip of its units.

import { contextOf, PAPER } from "../picture.js"

const MOST = 120 // px a side that a sheet fills
const HIGH = 32 // units in a column of a strip
const UNIT = 3 // px a side of a unit
const ABOVE = [255, 255, 255]
const BELOW = [77, 176, 255]

/**
 * How a value lies on its canvas.
 * @param {number[]} shape  (C, H, W) or (units)
 */
function spreadOf(shape) {
  const units = shape.length === 1
  const [maps, high, wide] = units ? [shape[0], 1, 1] : shape
  const columns = units ? Math.ceil(maps / HIGH) : Math.ceil(Math.sqrt((maps * high) / wide))
  const rows = Math.ceil(maps / columns)
  const gap = units ? 0 : 1
  const side = Math.max(columns * (wide + gap), rows * (high + gap))
  const scale = units ? UNIT : Math.max(1, Math.floor(MOST / side))
  const size = [columns * (wide * scale + gap) - gap, rows * (high * scale + gap) - gap]
  return { maps, high, wide, columns, rows, gap, scale, size }
}

/** The number at a place of a sheet, in shares of it; the nearest one. @param {number[]} shape */
export function numberAt(shape, across, down) {
  const { maps, high, wide, columns, rows, gap, scale, size } = spreadOf(shape)
  const [x, y] = [across * size[0], down * size[1]]
  const column = Math.min(Math.floor(x / (wide * scale + gap)), columns - 1)
  const row = Math.min(Math.floor(y / (high * scale + gap)), rows - 1)
  const map = Math.min(row * columns + column, maps - 1)
  const within = (at, cell, side) =>
    Math.min(Math.max(Math.floor((at - cell * (side * scale + gap)) / scale), 0), side - 1)
  return (map * high + within(y, row, high)) * wide + within(x, column, wide)
}

/** Where a number stands on its sheet: left, top, width and height in percent. @param {number[]} shape */
export function placeOf(shape, index) {
  const { high, wide, columns, gap, scale, size } = spreadOf(shape)
  const map = Math.floor(index / (high * wide))
  const [y, x] = [Math.floor((index % (high * wide)) / wide), index % wide]
  const left = (map % columns) * (wide * scale + gap) + x * scale
  const top = Math.floor(map / columns) * (high * scale + gap) + y * scale
  return [left / size[0], top / size[1], scale / size[0], scale / size[1]].map((share) => `${100 * share}%`)
}

/**
 * @param {HTMLCanvasElement} canvas  becomes as large as the sheet
 * @param {number[]} shape
 * @param {Float32Array} values  white where they are above zero, blue where they are below
 */
export function paintSheet(canvas, shape, values) {
  const { maps, high, wide, columns, gap, scale, size } = spreadOf(shape)
  const [width, height] = size
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const ctx = contextOf(canvas)
  const image = ctx.createImageData(width, height)
  let most = 1e-6
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]))
  for (let map = 0; map < maps; map++) {
    const left = (map % columns) * (wide * scale + gap)
    const top = Math.floor(map / columns) * (high * scale + gap)
    for (let row = 0; row < high * scale; row++) {
      const from = (map * high + Math.floor(row / scale)) * wide
      for (let column = 0; column < wide * scale; column++) {
        const value = values[from + Math.floor(column / scale)]
        const share = Math.sqrt(Math.abs(value) / most) // so that what is weak is seen, too
        const ink = value < 0 ? BELOW : ABOVE
        const to = 4 * ((top + row) * width + left + column)
        for (let c = 0; c < 3; c++) image.data[to + c] = PAPER[c] + share * (ink[c] - PAPER[c])
        image.data[to + 3] = 255
      }
    }
  }
  ctx.putImageData(image, 0, 0)
}
