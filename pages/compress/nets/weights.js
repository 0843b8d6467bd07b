// The weights of a network's largest layer: a histogram of what they were, and the few values that are left.

import { contextOf } from "../../../ui/output/picture.js"

const BINS = 161
const EDGE = 18 // px for the numbers below

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("../../../ui/live/network.js").Network} whole
 * @param {import("../../../ui/live/small.js").Small} small
 * @param {HTMLElement} text  in the theme's colours
 * @returns {string} what it shows
 */
export function paintWeights(canvas, whole, small, text) {
  const layers = Object.entries(small.shared)
  const [name, { values, index }] = layers.reduce((a, b) => (b[1].index.length > a[1].index.length ? b : a))
  const before = whole.tensor(name)
  const counts = new Array(values.length).fill(0)
  for (const place of index) if (place) counts[place - 1]++
  const sizes = before.map(Math.abs).sort()
  const wide = Math.max(...values.map(Math.abs), sizes[Math.floor(0.9999 * sizes.length)])
  const bins = new Array(BINS).fill(0)
  for (const weight of before) {
    const bin = Math.round(((weight / wide + 1) / 2) * (BINS - 1))
    if (bin >= 0 && bin < BINS) bins[bin]++
  }
  const left = counts.reduce((a, b) => a + b, 0)
  const said = `The largest layer’s ${before.length.toLocaleString("en")} weights: in grey before, in colour the
    ${left.toLocaleString("en")} that are left, with ${values.length} values. Heights are logarithmic.`.replace(
    /\s+/g,
    " ",
  )
  paint(canvas, bins, values, counts, wide, text)
  canvas.setAttribute("aria-label", said)
  return said
}

function paint(canvas, bins, values, counts, wide, text) {
  const { clientWidth, clientHeight } = canvas
  const scale = devicePixelRatio
  const [width, height] = [clientWidth || 600, clientHeight || 150]
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) })
  const ctx = contextOf(canvas)
  ctx.scale(scale, scale)
  const style = getComputedStyle(text)
  const [ink, accent] = [style.color, style.getPropertyValue("--st-primary-color")]
  const top = Math.log(1 + Math.max(...bins, ...counts))
  const x = (weight) => ((weight / wide + 1) / 2) * (width - 12) + 6
  const y = (count) => (height - EDGE) * (1 - Math.log(1 + count) / top)
  ctx.fillStyle = ink
  ctx.globalAlpha = 0.25
  const step = (width - 12) / (BINS - 1)
  bins.forEach((count, i) => {
    if (count) ctx.fillRect(6 + (i - 0.5) * step, y(count), Math.max(1, step - 0.5), height - EDGE - y(count))
  })
  ctx.globalAlpha = 1
  ctx.fillStyle = accent
  values.forEach((value, i) => {
    if (counts[i]) ctx.fillRect(x(value) - 2, y(counts[i]), 4, height - EDGE - y(counts[i]))
  })
  ctx.fillStyle = ink
  ctx.globalAlpha = 0.7
  ctx.font = `12px ${style.fontFamily}`
  ctx.textBaseline = "bottom"
  for (const [weight, align] of /** @type {[number, CanvasTextAlign][]} */ ([
    [-wide, "left"],
    [0, "center"],
    [wide, "right"],
  ])) {
    ctx.textAlign = align
    const place = align === "left" ? 0 : align === "right" ? width : x(0)
    ctx.fillText(weight ? weight.toFixed(2).replace("-", "−") : "0", place, height)
  }
  ctx.globalAlpha = 1
}
