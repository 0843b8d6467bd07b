// What both views draw with: the theme's colours, arrows, and the colours of a distance.

import { themeOf } from "../../../ui/live/train/player.js"

export const EASE = 0.35 // of the way to the network's latest answer, a frame

/**
 * @typedef {object} Theme
 * @property {string} text
 * @property {string} muted
 * @property {string} ground
 * @property {string} line
 * @property {string} primary
 * @property {string} data     colour of the data
 * @property {string} font
 * @property {boolean} dark
 * @property {number[][]} ramp  colours of a distance, from none to far
 */

/** The theme that an element is seen in. @returns {Theme} */
export function colorsOf(element) {
  const theme = themeOf(element)
  return {
    ...theme,
    data: theme.dark ? "#ff9a45" : "#b04d06",
    ramp: theme.dark
      ? [rgb("#0a0e10"), rgb("#0d1f22"), rgb("#13373a"), rgb("#1c5756"), rgb("#32807a")]
      : [rgb("#5fa9a1"), rgb("#8fc6bf"), rgb("#bfdfda"), rgb("#e2f0ed"), rgb("#fbfdfc")],
  }
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))

/** The colour of a distance moved, as three bytes: lighter is longer. Half of the scale is for less than 0.3. */
export function colorOf(distance, ramp) {
  const place = Math.min(distance / (distance + 0.3) / 0.8, 1) * (ramp.length - 1)
  const [low, part] = [
    Math.min(Math.floor(place), ramp.length - 2),
    place - Math.min(Math.floor(place), ramp.length - 2),
  ]
  return ramp[low].map((value, c) => value + part * (ramp[low + 1][c] - value))
}

export const css = (color) => `rgb(${color.map(Math.round).join(" ")})`

/** Adds an arrow to the present path, its head as long as `head`. */
export function arrow(ctx, x, y, dx, dy, head) {
  const length = Math.hypot(dx, dy)
  if (length < 0.5) return
  const [ux, uy] = [dx / length, dy / length]
  const size = Math.min(head, 0.6 * length)
  const [tx, ty] = [x + dx, y + dy]
  ctx.moveTo(x, y)
  ctx.lineTo(tx, ty)
  ctx.moveTo(tx - size * (ux - 0.6 * uy), ty - size * (uy + 0.6 * ux))
  ctx.lineTo(tx, ty)
  ctx.lineTo(tx - size * (ux + 0.6 * uy), ty - size * (uy - 0.6 * ux))
}

/** A dot with a ring of the ground around it. */
export function dot(ctx, x, y, radius, color, ground) {
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, 7)
  ctx.fillStyle = color
  ctx.fill()
  ctx.lineWidth = 2
  ctx.strokeStyle = ground
  ctx.stroke()
}
