// Places of the plane as text for the address: three characters each, two numbers of nine bits between -2.6 and 2.6.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const LINK_REACH = 2.6

const step = (value) =>
  Math.round(((Math.max(-LINK_REACH, Math.min(LINK_REACH, value)) + LINK_REACH) / (2 * LINK_REACH)) * 511)
const place = (number) => (number / 511) * 2 * LINK_REACH - LINK_REACH

/** @param {Float64Array} points  x, y, x, y and so on; on a line also two numbers are packed into three letters */
export function packed(points) {
  let text = ""
  for (let i = 0; i < points.length; i += 2) {
    const bits = (step(points[i]) << 9) | step(points[i + 1] ?? 0)
    text += LETTERS[bits >> 12] + LETTERS[(bits >> 6) & 63] + LETTERS[bits & 63]
  }
  return points.length % 2 ? `${text}.` : text // the last number is missing
}

/** The places, (n * dim), which may be none: the text may come from anywhere. */
export function unpacked(text, dim) {
  const letters = [...(text ?? "")].map((letter) => LETTERS.indexOf(letter)).filter((value) => value >= 0)
  const numbers = /** @type {number[]} */ ([])
  for (let i = 0; i + 3 <= letters.length; i += 3) {
    const bits = (letters[i] << 12) | (letters[i + 1] << 6) | letters[i + 2]
    numbers.push(place(bits >> 9), place(bits & 511))
  }
  if (dim === 1 && text?.endsWith(".")) numbers.pop()
  return Float64Array.from(numbers)
}
