// A fault: strokes of two pens on a square picture, how they change it, and as text for a link.

/** @typedef {{pen: number, points: [number, number][]}} Stroke  pen: of PENS; points: pixels, x and y */

export const PENS = [
  { name: "Scratch", again: "Scratch it for me", fault: "scratch", radius: 1.5, tone: "bright" },
  { name: "Stain", again: "Stain it for me", fault: "stain", radius: 8, tone: "dark" },
]
const MOST = 400 // bytes in a link

/**
 * Draws the last part of a stroke, from one point to the next, or a dot.
 * @param {Float32Array} x  (side, side), changed in place
 * @param {Uint8Array} mask  (side, side), 1 where a stroke is
 * @returns {[number, number, number, number]} left, top, right, bottom of what may have changed
 */
export function drawPart(x, mask, side, { radius }, tone, from, to) {
  const clip = (value) => Math.min(side - 1, Math.max(0, value))
  const box = /** @type {[number, number, number, number]} */ ([
    clip(Math.floor(Math.min(from[0], to[0]) - radius)),
    clip(Math.floor(Math.min(from[1], to[1]) - radius)),
    clip(Math.ceil(Math.max(from[0], to[0]) + radius)),
    clip(Math.ceil(Math.max(from[1], to[1]) + radius)),
  ])
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const length = dx * dx + dy * dy
  for (let row = box[1]; row <= box[3]; row++) {
    for (let column = box[0]; column <= box[2]; column++) {
      const along = length ? ((column - from[0]) * dx + (row - from[1]) * dy) / length : 0
      const t = Math.min(1, Math.max(0, along))
      if ((column - from[0] - t * dx) ** 2 + (row - from[1] - t * dy) ** 2 > radius * radius) continue
      x[row * side + column] = tone
      mask[row * side + column] = 1
    }
  }
  return box
}

/** A stroke at a random place, the same for the same number. @returns {Stroke} */
export function seeded(pen, number, side) {
  const random = generator(2 * number + pen)
  const [x, y] = [0.2 + 0.6 * random(), 0.2 + 0.6 * random()].map((share) => share * side)
  const angle = Math.PI * random()
  const half = pen === 0 ? 15 + 25 * random() : 1 + 7 * random()
  const end = (sign) =>
    /** @type {[number, number]} */ ([
      Math.round(x + sign * half * Math.cos(angle)),
      Math.round(y + sign * half * Math.sin(angle)),
    ])
  return { pen, points: [end(-1), end(1)] }
}

/** Mulberry32, public domain. */
function generator(seed) {
  let state = (seed + 1) * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Strokes as text: as many of the first as a link can carry. @param {Stroke[]} strokes */
export function textOf(strokes) {
  const bytes = []
  for (const { pen, points } of strokes) {
    if (bytes.length + 2 + 2 * points.length > MOST || points.length > 255) break
    bytes.push(pen, points.length, ...points.flat().map((value) => Math.min(255, Math.max(0, value))))
  }
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
}

/** What `textOf` wrote; null for anything else. @returns {?Stroke[]} */
export function strokesFrom(text) {
  let bytes
  try {
    bytes = Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
  const strokes = []
  for (let at = 0; at < bytes.length; ) {
    const [pen, count] = [bytes[at], bytes[at + 1]]
    if (!PENS[pen] || !count || at + 2 + 2 * count > bytes.length) return null
    const points = Array.from(
      { length: count },
      (_, i) => /** @type {[number, number]} */ ([bytes[at + 2 + 2 * i], bytes[at + 3 + 2 * i]]),
    )
    strokes.push({ pen, points })
    at += 2 + 2 * count
  }
  return strokes
}
