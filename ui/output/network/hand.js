// What a hand does to a row: it points at a number of the code, pulls it, walks by the keyboard, opens a number of a layer.

import { barAt, grid, pulled } from "./bars.js"
import { count } from "./boxes.js"
import { numberAt } from "./sheet.js"

const STEP = 0.05 // of what the bars reach, by an arrow key
const STILL = 4 // px that a finger may move and yet only tap

/** Lets a row's code be pointed at, pulled, and walked by the keyboard. @param {import("./row.js").Row} row */
export function handOn(row) {
  const code = /** @type {HTMLElement} */ (row.root.querySelector(".code"))
  const canvas = /** @type {HTMLCanvasElement} */ (code.querySelector("canvas"))
  const n = count(row.plan.code?.shape ?? [])
  let down = /** @type {?{i: number, y: number, far: boolean}} */ (null)
  const place = (event) => {
    const box = canvas.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
  }
  code.onpointerdown = (event) => {
    const i = barAt(n, ...place(event))
    if (i < 0) return
    down = { i, y: event.clientY, far: false }
    code.setPointerCapture(event.pointerId)
    row.point(i)
  }
  code.onpointermove = (event) => {
    if (!down) {
      if (event.pointerType !== "touch") row.point(barAt(n, ...place(event)))
      return
    }
    down.far ||= Math.abs(event.clientY - down.y) > STILL
    if (down.far) row.pull(down.i, pulled(down.i, n, place(event)[1], row))
  }
  code.onpointerup = () => {
    if (down && !down.far && row.plan.code) row.open(row.plan.code, down.i)
    down = null
  }
  code.onpointercancel = () => {
    down = null
  }
  code.onpointerleave = (event) => {
    if (!down && event.pointerType !== "touch") row.leave()
  }
  code.onfocus = () => {
    if (code.matches(":focus-visible") && row.at < 0) row.point(row.first())
  }
  code.onblur = () => row.leave()
  code.onkeydown = (event) => key(row, event, n)
}

function key(row, event, n) {
  const { columns } = grid(n)
  const sideways = { ArrowLeft: -1, ArrowRight: 1, PageUp: -columns, PageDown: columns, Home: -n, End: n }[event.key]
  const upward = { ArrowUp: 1, ArrowDown: -1 }[event.key]
  if (event.key === "Escape") {
    if (row.at < 0 && !row.moved) row.panel.close()
    row.leave()
  } else if (event.key === "Enter" && row.plan.code) row.open(row.plan.code, row.first())
  else if (event.key === " " && row.compact) openOutput(row)
  else if (sideways) row.point(Math.min(Math.max(row.first() + sideways, 0), n - 1))
  else if (upward && row.z) {
    const i = row.at < 0 ? row.first() : row.at
    row.pull(i, (row.moved ?? row.z)[i] + upward * (event.shiftKey ? 5 : 1) * STEP * row.reach)
  } else return
  event.preventDefault()
  event.stopPropagation()
}

/** Opens the number under the pointer. */
export function pickNumber(row, event, box) {
  const frame = event.currentTarget.querySelector("canvas").getBoundingClientRect()
  const [across, down] = [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height]
  row.open(box, numberAt(box.shape, across, down))
}

/** From the code, where that is a row's one stop of Tab: opens the picture that comes out, whose pixels arrows walk. */
function openOutput(row) {
  const box = row.plan.boxes.find(({ kind }) => kind === "output")
  row.root.querySelector(".picture [role=button]")?.focus()
  openLargest(row, box)
}

function openLargest(row, box) {
  const values = row.shown.get(box) ?? new Float32Array(1)
  row.open(box, values.indexOf(Math.max(...values)))
}

/** Opens the largest number of a box, or walks from the one that is open. */
export function walkNumbers(row, event, box) {
  const { opened } = row.panel
  const [, high, wide] = box.shape.length === 3 ? box.shape : [0, 1, 1]
  const steps = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -wide,
    ArrowDown: wide,
    PageUp: -high * wide,
    PageDown: high * wide,
  }
  const step = steps[event.key]
  const at = opened && opened.box === box ? opened.index : -1
  if (event.key === "Escape") row.panel.close()
  else if (event.key === "Enter" || event.key === " ") at < 0 ? openLargest(row, box) : row.open(box, at)
  else if (step && at >= 0) row.open(box, Math.min(Math.max(at + step, 0), count(box.shape) - 1))
  else return
  event.preventDefault()
  event.stopPropagation()
}
