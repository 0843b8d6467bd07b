// A digit as few strokes of a dictionary: the exact code by search (FISTA, as aecore/sparse.py has it), and the encoder's
// guess; both timed here.

import { PadBoard } from "../../../ui/pad_board.js"
import { withNetwork } from "../../../ui/live/store.js"
import { digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { paintKernel } from "../wall/kernels.js"
import { mount } from "../../../ui/view.js"

const SHOWN = 10 // strokes
const REST = 120 // ms without a new drawing before the search begins again

/** @param {Component} component */
export default function (component) {
  return mount(component, ".psd", Psd)
}

class Psd extends PadBoard {
  model = /** @type {any} */ (null)
  search = /** @type {?ReturnType<typeof searcher>} */ (null)

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.followPad()
  }

  update(data) {
    if (!this.data)
      withNetwork(data.network.sha256, (loaded) => {
        this.model = loaded
        this.search = searcher(loaded.tensor("dictionary"), data.penalty)
        this.later()
      })
    this.data = data
    this.x = digitsFrom(data.x)[0]
    this.later()
  }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.show(), REST)
  }

  show() {
    if (!this.model || !this.search || !this.root.isConnected) return
    digitTile(/** @type {any} */ (this.root.querySelector(".given canvas")), this.x)
    const [guess, quick] = timed(() => this.model.encode(this.x))
    const { search } = this
    const [exact, slow] = timed(() => search(this.x, this.data.steps))
    this.way(".exact", exact, slow, `${this.data.steps} steps`)
    this.way(".guess", guess, quick, `${Math.round(slow / quick)} times as fast here`)
    this.root.dataset.ratio = String(slow / quick)
  }

  way(which, code, ms, about) {
    const root = this.root.querySelector(which)
    const recon = this.model.decode(code)
    const error = recon.reduce((sum, value, i) => sum + (value - this.x[i]) ** 2, 0) / recon.length
    const canvas = /** @type {any} */ (root.querySelector(".recon"))
    digitTile(canvas, recon)
    const used = code.reduce((count, value) => count + (value > 1e-4 ? 1 : 0), 0)
    const psnr = (-10 * Math.log10(Math.max(error, 1e-9))).toFixed(1)
    canvas.setAttribute("aria-label", `${used} strokes added up, ${psnr} decibels`)
    root.querySelector(".time").innerHTML = `<b>${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms</b>
      <span>${about}</span><span>${used} of ${code.length} strokes, ${psnr} dB</span>`
    const order = [...code.keys()].sort((a, b) => code[b] - code[a]).slice(0, Math.min(SHOWN, used))
    const atoms = this.model.tensor("dictionary")
    root.querySelector(".strokes").replaceChildren(
      ...order.map((unit) => {
        const figure = document.createElement("figure")
        const canvas = document.createElement("canvas")
        const caption = document.createElement("figcaption")
        canvas.setAttribute("role", "img")
        canvas.setAttribute("aria-label", `Stroke ${unit}`)
        paintKernel(canvas, atoms.subarray(784 * unit, 784 * (unit + 1)))
        caption.textContent = code[unit].toFixed(1)
        figure.append(canvas, caption)
        return figure
      }),
    )
  }
}

/** What a call gives, and the milliseconds that it takes: the middle one of several, enough for the clock to see them. */
function timed(run) {
  const times = []
  let result = run()
  for (let i = 0; i < 3; i++) {
    const begin = performance.now()
    let count = 0
    do {
      result = run()
      count++
    } while (performance.now() - begin < 4)
    times.push((performance.now() - begin) / count)
  }
  return [result, times.sort((a, b) => a - b)[1]]
}

/**
 * The z >= 0 that minimises 1/2 ||x - z D||^2 + penalty sum z, by FISTA: aecore/sparse.py.
 * @param {Float32Array} atoms  D, (K, pixels)
 * @param {number} penalty
 */
export function searcher(atoms, penalty) {
  const pixels = 784
  const units = atoms.length / pixels
  const gram = new Float32Array(units * units)
  for (let a = 0; a < units; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0
      for (let i = 0; i < pixels; i++) sum += atoms[a * pixels + i] * atoms[b * pixels + i]
      gram[a * units + b] = gram[b * units + a] = sum
    }
  }
  const rate = 1 / steepest(gram, units)
  return (x, steps) => {
    const match = Float32Array.from({ length: units }, (_, a) => {
      let sum = 0
      for (let i = 0; i < pixels; i++) sum += atoms[a * pixels + i] * x[i]
      return sum
    })
    let z = new Float32Array(units)
    let ahead = new Float32Array(units)
    let momentum = 1
    const slope = new Float32Array(units)
    for (let step = 0; step < steps; step++) {
      slope.set(match)
      for (let a = 0; a < units; a++) {
        const value = ahead[a]
        if (value === 0) continue
        for (let b = 0, row = a * units; b < units; b++) slope[b] -= value * gram[row + b]
      }
      const next = z.map((_, a) => Math.max(ahead[a] + rate * (slope[a] - penalty), 0))
      const faster = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2
      const push = (momentum - 1) / faster
      ahead = next.map((value, a) => value + push * (value - z[a]))
      z = next
      momentum = faster
    }
    return z
  }
}

/** The largest eigenvalue of a symmetric matrix, by powers; a little more, so that no step is too long. */
function steepest(gram, units) {
  let vector = new Float64Array(units).fill(1)
  let size = 1
  for (let turn = 0; turn < 100; turn++) {
    const next = new Float64Array(units)
    for (let a = 0; a < units; a++) for (let b = 0; b < units; b++) next[a] += gram[a * units + b] * vector[b]
    size = Math.hypot(...next)
    vector = next.map((value) => value / size)
  }
  return 1.02 * size
}
