// Kernels as pictures: a weight that wants ink is orange, one that wants none is blue, 0 is the paper.

import { contextOf, PAPER, SIDE } from "../../../ui/output/picture.js"

const WANTS = [255, 154, 60]
const SHUNS = [77, 176, 255]
const GAP = 2 // pixels between two kernels of a wall
const DIM = 0.5 // how bright a kernel is whose unit is silent

/** Where a kernel stands on a wall of `count`, as shares of the wall. */
export function place(unit, count, columns = count > 100 ? 25 : 10) {
  const rows = Math.ceil(count / columns)
  const [column, row] = [unit % columns, Math.floor(unit / columns)]
  return { columns, rows, left: column / columns, top: row / rows, width: 1 / columns, height: 1 / rows }
}

/** The unit at a place of a wall, both shares of it. */
export function unitAt(across, down, count) {
  const { columns, rows } = place(0, count)
  const at = (share, n) => Math.min(Math.max(Math.floor(share * n), 0), n - 1)
  return Math.min(at(down, rows) * columns + at(across, columns), count - 1)
}

/** One kernel, or a signed picture; `most` is full colour, its largest weight unless given. */
export function paintKernel(canvas, values, most = 0) {
  Object.assign(canvas, { width: SIDE, height: SIDE })
  const sheet = contextOf(canvas).createImageData(SIDE, SIDE)
  sheet.data.fill(255)
  stamp(sheet, values, 0, 0, 0, most || largest(values, 0), 1)
  contextOf(canvas).putImageData(sheet, 0, 0)
}

/** The first `count` kernels, (count, 784), each as bright as its unit answers; columns: as `place` has it. */
export function paintWall(canvas, weight, code, most, count, across = place(0, count).columns) {
  const { columns, rows } = place(0, count, across)
  const [width, height] = [columns * (SIDE + GAP), rows * (SIDE + GAP)]
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const ctx = contextOf(canvas)
  const sheet = ctx.createImageData(width, height)
  for (let i = 0; i < sheet.data.length; i += 4) sheet.data.set([...PAPER, 255], i)
  const peaks = Float32Array.from({ length: count }, (_, unit) => largest(weight, SIDE * SIDE * unit))
  // one scale for the fainter three quarters: a unit that never learned looks as faint as it is
  const least = peaks.toSorted()[Math.floor(0.75 * count)]
  for (let unit = 0; unit < count; unit++) {
    const [x, y] = [(unit % columns) * (SIDE + GAP) + GAP / 2, Math.floor(unit / columns) * (SIDE + GAP) + GAP / 2]
    const light = DIM + (1 - DIM) * Math.sqrt(Math.min(Math.abs(code[unit]) / most, 1))
    stamp(sheet, weight, SIDE * SIDE * unit, x, y, Math.max(peaks[unit], least), light)
  }
  ctx.putImageData(sheet, 0, 0)
}

function largest(values, from) {
  let most = 1e-9
  for (let i = from; i < from + SIDE * SIDE; i++) most = Math.max(most, Math.abs(values[i]))
  return most
}

function stamp(sheet, values, from, left, top, most, light) {
  for (let i = 0; i < SIDE * SIDE; i++) {
    const value = values[from + i]
    const share = Math.min(Math.abs(value) / most, 1) * light
    const color = value < 0 ? SHUNS : WANTS
    const at = 4 * ((top + Math.floor(i / SIDE)) * sheet.width + left + (i % SIDE))
    for (let c = 0; c < 3; c++) sheet.data[at + c] = PAPER[c] + share * (color[c] - PAPER[c])
  }
}
