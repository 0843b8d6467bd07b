// The grid's numbers and sentences.

const PAPER = [11, 14, 16]
const WHITE = [255, 255, 255]
const BELOW = [77, 176, 255] // numbers below zero

/** @param {number} i */
export const letter = (i) => String.fromCharCode(97 + i)

/** With as many digits as it has, at most three after the point, and a true minus. */
export function number(value) {
  return String(Math.round(1000 * value) / 1000)
    .replace("-", "\u2212")
    .replace(/^(\u2212?)0\./, "$1.")
}

/** Ground and ink of a cell. @param {number} share  of the largest number, in [-1, 1] */
export function paint(share) {
  const color = share < 0 ? BELOW : WHITE
  const ground = PAPER.map((dark, c) => Math.round(dark + Math.abs(share) * (color[c] - dark)))
  const bright = 0.2126 * ground[0] + 0.7152 * ground[1] + 0.0722 * ground[2]
  return `background: rgb(${ground.join()}); color: ${bright > 118 ? "#0b0e10" : "#fff"}`
}

/** A sum for a screen reader. */
export function sumText(terms, x, value) {
  if (!terms.length) return "Nothing reaches it: 0"
  return `${terms.map(({ from, weight }) => `${number(x[from])} times ${number(weight)}`).join(" plus ")} is ${number(value)}`
}

const list = (values) =>
  values
    .map(number)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1")

/** What becomes of a flat picture: "flat", "pattern". */
export function flatText({ way }, { sums }) {
  return way === "unpooling" || (way === "transposed" && sums.length > 1) ? "pattern" : "flat"
}

/** What is to be noticed, for any settings. */
export function verdictText(now, far) {
  const { way } = now
  if (way === "nearest") return "Each cell copies one input. A flat picture stays flat."
  if (way === "bilinear") return "Each cell's weights sum to 1. A flat picture stays flat."
  if (way === "unpooling")
    return "Pooling keeps the largest number of each square and remembers its place (the dots). Unpooling puts it back there; the other three cells stay 0."
  const times = `Far from the border, ${list(far.counts)} ${far.counts.length === 1 && far.counts[0] === 1 ? "kernel covers" : "kernels cover"} each cell`
  if (far.sums.length === 1) {
    return `${times}. ${far.counts.length > 1 ? "These weights make up for it: a" : "A"} flat picture stays flat.`
  }
  return far.counts.length > 1
    ? `${times}: a flat picture becomes a checkerboard.`
    : `${times}, evenly. But these weights differ: a flat picture gets a pattern.`
}
