// What gives a map of codes its measure: axes with numbers, and the prior N(0, I) as a ring above the points.

export const RING = 2 // standard deviations
export const INSIDE = 1 - Math.exp((-RING * RING) / 2) // share of N(0, I) in a plane that lies inside it
const APART = 64 // px between two ticks, at least

/** Ticks with numbers along the left and the lower edge, and thin lines through the origin. */
export function paintAxes(ctx, panel) {
  const { width, height, view, board } = panel
  const { text, ground, font } = board.theme
  const step = niceStep(APART / view.scale)
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const tick = (value) => value.toFixed(digits).replace("-", "\u2212")
  ctx.font = `11px ${font}`
  ctx.lineJoin = "round"
  const write = (words, x, y, align) => {
    ctx.textAlign = align
    ctx.lineWidth = 3
    ctx.strokeStyle = ground
    ctx.strokeText(words, x, y)
    ctx.fillStyle = text
    ctx.fillText(words, x, y)
  }
  const [left, top] = panel.toMap(0, 0)
  const [right, bottom] = panel.toMap(width, height)
  for (let i = Math.ceil(left / step); i * step < right; i++) {
    const [px] = panel.toPixels(i * step, 0)
    line(ctx, text, px, i ? height - 5 : 0, px, height, i ? 1 : 0.25)
    if (px > 34 && px < width - 12) write(tick(i * step), px, height - 8, "center")
  }
  for (let i = Math.ceil(bottom / step); i * step < top; i++) {
    const [, py] = panel.toPixels(0, i * step)
    line(ctx, text, 0, py, i ? 5 : width, py, i ? 1 : 0.25)
    if (py > 12 && py < height - 24) write(tick(i * step), 8, py + 4, "left")
  }
}

/** The ring, with a halo so that no crowd of points hides it, and what it is. */
export function paintRing(ctx, panel) {
  const { text, ground, font } = panel.board.theme
  panel.trace(ctx, 0, 0, RING, RING)
  ctx.lineWidth = 4.5
  ctx.strokeStyle = ground
  ctx.globalAlpha = 0.85
  ctx.stroke()
  ctx.globalAlpha = 1
  ctx.lineWidth = 1.8
  ctx.strokeStyle = text
  ctx.setLineDash([6, 4])
  ctx.stroke()
  ctx.setLineDash([])
  const [x, y] = panel.toPixels(0, RING)
  if (x < 0 || x > panel.width || y < 16 || y > panel.height) return
  const words = `${panel.spec.prior ? "Prior " : ""}N(0, I), ${RING} sd`
  ctx.font = `600 12px ${font}`
  const half = ctx.measureText(words).width / 2 + 4
  const middle = Math.max(half, Math.min(panel.width - half, x))
  ctx.textAlign = "center"
  ctx.lineWidth = 5
  ctx.lineJoin = "round"
  ctx.strokeStyle = ground
  ctx.strokeText(words, middle, y - 6)
  ctx.fillStyle = text
  ctx.fillText(words, middle, y - 6)
}

/**
 * How many of the codes that are shown lie inside the ring.
 * @returns {{all: number, of: {label: number, share: number}[]}} shares, of all of them and of each class
 */
export function insideRing(panel) {
  const { xy, label } = panel.points
  const [inside, all] = [Array(10).fill(0), Array(10).fill(0)]
  for (let i = 0; i < label.length; i++) {
    if (!panel.shows(i)) continue
    all[label[i]] += 1
    if (Math.hypot(xy[2 * i], xy[2 * i + 1]) < RING) inside[label[i]] += 1
  }
  const sum = (counts) => counts.reduce((total, count) => total + count, 0)
  const of = all.flatMap((count, digit) => (count ? [{ label: digit, share: inside[digit] / count }] : []))
  return { all: sum(inside) / Math.max(sum(all), 1), of }
}

/** 1, 2 or 5 times a power of ten, at least so large. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((times) => times * power >= least) ?? 10)
}

function line(ctx, color, x1, y1, x2, y2, opacity) {
  ctx.strokeStyle = color
  ctx.globalAlpha = opacity
  ctx.lineWidth = 1
  ctx.beginPath()
  ctx.moveTo(x1, y1)
  ctx.lineTo(x2, y2)
  ctx.stroke()
  ctx.globalAlpha = 1
}
