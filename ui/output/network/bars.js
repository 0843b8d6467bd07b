// A code as bars: one number each, up or down from zero, on the paper of the pictures. Where there are too many for one
// row, they stand in several.

import { contextOf } from "../picture.js"

const ONE_ROW = 64 // numbers
const SHORT = 50 // numbers in each of several rows
const GHOST = 0.35 // opacity of a bar as the encoder gave it, beside one that a hand has moved

/**
 * @typedef {object} Code
 * @property {Float32Array} z  the numbers
 * @property {?Float32Array} given  as the encoder gave them, where a hand has moved some
 * @property {?Float32Array} sigma  their standard deviations, of variational families
 * @property {number} reach  the largest number that has room
 * @property {boolean} positive  none is below zero: they stand on the ground
 * @property {number} at  the number that is pointed at, or -1
 */

/** Rows and columns of so many bars. */
export function grid(n) {
  if (n <= ONE_ROW) return { rows: 1, columns: n }
  return { rows: Math.ceil(n / SHORT), columns: SHORT }
}

/** The number at a place, in shares of the canvas, or -1. */
export function barAt(n, across, down) {
  const { rows, columns } = grid(n)
  const column = Math.min(Math.max(Math.floor(across * columns), 0), columns - 1)
  const row = Math.min(Math.max(Math.floor(down * rows), 0), rows - 1)
  const i = row * columns + column
  return i < n ? i : -1
}

/** What a number becomes when its bar is pulled to a height, in shares of the canvas. */
export function pulled(i, n, down, { reach, positive }) {
  const { rows, columns } = grid(n)
  const within = down * rows - Math.floor(i / columns) // 0 at the row's top, 1 at its bottom
  const share = Math.min(Math.max(within, 0), 1)
  return positive ? reach * (1 - share) : reach * (1 - 2 * share)
}

/**
 * One draw of N(mu, sigma^2), number by number, by Box and Muller.
 * @param {Float32Array} mu
 * @param {Float32Array} sigma  standard deviations
 */
export function drawn(mu, sigma, random = Math.random) {
  return mu.map((value, i) => {
    const epsilon = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return value + sigma[i] * epsilon
  })
}

/** How far the bars must reach: what fits stays as it is, so that they do not jump from stroke to stroke. */
export function reachOf(z, sigma, before) {
  let most = before
  for (let i = 0; i < z.length; i++) most = Math.max(most, Math.abs(z[i]) + (sigma?.[i] ?? 0))
  return most > before ? 1.15 * most : before
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Code} code
 * @param {string} color  of the bars
 */
export function paintBars(canvas, { z, given, sigma, reach, positive, at }, color) {
  const { clientWidth, clientHeight } = canvas
  const [width, height] = [clientWidth, clientHeight].map((side) => Math.round(side * devicePixelRatio))
  if (!width || !height) return
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const ctx = contextOf(canvas)
  ctx.clearRect(0, 0, width, height)
  const { rows, columns } = grid(z.length)
  const [across, down] = [width / columns, height / rows]
  const dot = devicePixelRatio
  const pad = rows === 1 ? 6 * dot : Math.max(1, 0.08 * down)
  const gap = across > 5 * dot ? Math.max(dot, 0.14 * across) : 0
  const scale = (down - 2 * pad) / (positive ? reach : 2 * reach)
  for (let i = 0; i < z.length; i++) {
    const left = (i % columns) * across
    const top = Math.floor(i / columns) * down
    const zero = positive ? top + down - pad : top + down / 2
    const y = (value) => zero - Math.min(Math.max(value, -reach), reach) * scale
    const bar = (value) => {
      const tall = Math.max(Math.abs(y(value) - zero), dot)
      ctx.fillRect(left + gap / 2, value < 0 ? zero : zero - tall, across - gap, tall)
    }
    if (i % columns === 0) {
      ctx.fillStyle = "rgb(255 255 255 / 22%)"
      ctx.fillRect(0, Math.round(zero) - dot / 2, width, dot)
    }
    if (i === at) {
      ctx.fillStyle = "rgb(255 255 255 / 16%)"
      ctx.fillRect(left, top, across, down)
    }
    ctx.fillStyle = i === at ? "#fff" : color
    if (given && given[i] !== z[i]) {
      ctx.globalAlpha = GHOST
      bar(given[i])
      ctx.globalAlpha = 1
    }
    bar(z[i])
    if (sigma) {
      const [high, low] = [y(z[i] + sigma[i]), y(z[i] - sigma[i])]
      const middle = left + across / 2
      ctx.fillStyle = "#ffc857"
      ctx.fillRect(middle - dot / 2, high, dot, low - high)
      ctx.fillRect(middle - across / 5, high - dot / 2, (2 * across) / 5, dot)
      ctx.fillRect(middle - across / 5, low - dot / 2, (2 * across) / 5, dot)
    }
  }
}
