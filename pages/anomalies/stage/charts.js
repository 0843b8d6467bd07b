// The histogram of scores with its threshold, and the ROC with the place on it where the threshold stands.

import { contextOf } from "../../../ui/output/picture.js"
import { densityOf, quantile, rocOf, shareBelow } from "./marks.js"

const BINS = 48

/** The ends of the histogram's axis: nearly all of what is normal, and room to its right. @returns {[number, number]} */
export function axisOf(usual, odd) {
  const [low, high] = [quantile(0.5, usual), quantile(99.5, usual)]
  const least = odd ? Math.min(low, quantile(2, odd)) : low
  const most = odd ? Math.max(high, quantile(90, odd)) : high
  const reach = 1.5 * (high - low)
  return [Math.max(least, low - reach), Math.min(most, high + reach)]
}

/** Where a score stands on the axis, in [0, 1]. */
export const placeOf = (score, [low, high]) => Math.min(Math.max((score - low) / (high - low || 1), 0), 1)

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{usual: Float64Array, odd: ?Float64Array, axis: [number, number], threshold: number, mark: ?number}} what
 */
export function paintHistogram(canvas, { usual, odd, axis, threshold, mark }) {
  const { ctx, width, height, scale, colors } = prepared(canvas)
  if (!width) return
  const floor = height - 2 * scale
  const bars = [
    [densityOf(usual, ...axis, BINS), colors.normal],
    ...(odd ? [[densityOf(odd, ...axis, BINS), colors.odd]] : []),
  ]
  const step = width / BINS
  for (const [density, color] of /** @type {[number[], string][]} */ (bars)) {
    const top = Math.max(...density.slice(0, -1), 0.02)
    ctx.fillStyle = color
    ctx.globalAlpha = 0.55
    density.forEach((share, i) => {
      const tall = Math.min(share / top, 1) * 0.86 * floor
      ctx.fillRect(i * step, floor - tall, step - scale, tall)
    })
  }
  ctx.globalAlpha = 1
  const at = placeOf(threshold, axis) * (width - 2 * scale) + scale
  ctx.fillStyle = colors.primary
  ctx.fillRect(at - scale, 0, 2 * scale, height)
  ctx.beginPath()
  ctx.arc(at, height / 2, 7 * scale, 0, 2 * Math.PI)
  ctx.fill()
  if (mark === null) return
  const own = placeOf(mark, axis) * (width - 12 * scale) + 6 * scale
  ctx.fillStyle = colors.text
  ctx.beginPath()
  ctx.moveTo(own, 14 * scale)
  ctx.lineTo(own - 6 * scale, 2 * scale)
  ctx.lineTo(own + 6 * scale, 2 * scale)
  ctx.fill()
  ctx.globalAlpha = 0.6
  ctx.fillRect(own - scale / 2, 14 * scale, scale, height - 14 * scale)
  ctx.globalAlpha = 1
}

/** @param {HTMLCanvasElement} canvas */
export function paintRoc(canvas, usual, odd, threshold) {
  const { ctx, width, height, scale, colors } = prepared(canvas)
  if (!width) return
  const side = Math.min(width, height) - 12 * scale
  const place = (/** @type {number[]} */ [alarms, finds]) =>
    /** @type {[number, number]} */ ([6 * scale + (alarms / 100) * side, 6 * scale + (1 - finds / 100) * side])
  ctx.strokeStyle = colors.normal
  ctx.lineWidth = scale
  ctx.strokeRect(6 * scale, 6 * scale, side, side)
  ctx.setLineDash([3 * scale, 3 * scale])
  line(
    ctx,
    [
      [0, 0],
      [100, 100],
    ].map(place),
  )
  ctx.setLineDash([])
  ctx.strokeStyle = colors.odd
  ctx.lineWidth = 2.5 * scale
  line(ctx, rocOf(usual, odd).map(place))
  ctx.fillStyle = colors.primary
  ctx.beginPath()
  ctx.arc(...place([100 - shareBelow(threshold, usual), 100 - shareBelow(threshold, odd)]), 6 * scale, 0, 2 * Math.PI)
  ctx.fill()
}

function line(ctx, points) {
  ctx.beginPath()
  for (const point of points) ctx.lineTo(...point)
  ctx.stroke()
}

function prepared(canvas) {
  const scale = devicePixelRatio
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * scale))
  if (width) Object.assign(canvas, { width, height }) // empties it
  const style = getComputedStyle(canvas)
  const color = (name) => style.getPropertyValue(name).trim()
  const colors = {
    normal: color("--st-gray-text-color"),
    odd: color("--st-orange-color") || "#ff9a45",
    primary: color("--st-primary-color"),
    text: color("--st-text-color"),
  }
  return { ctx: contextOf(canvas), width, height, scale, colors }
}
