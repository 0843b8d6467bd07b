// In which order patches disappear, and who tells masks apart: arithmetic of the board, without a screen.

/** A number in [0, 1) from two whole ones, always the same. @returns {number} */
function scrambled(seed, place) {
  let h = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32
}

/**
 * When each patch disappears, the lowest first: at random, or outwards from a patch drawn at random, as
 * aecore/masking/patches.py does.
 * @param {string} way  "random" or "block"
 * @param {number} seed
 * @param {[number, number]} grid  rows, columns
 * @returns {number[]}
 */
export function ranks(way, seed, [rows, columns]) {
  const count = rows * columns
  const chance = Array.from({ length: count }, (_, place) => scrambled(seed, place))
  if (way !== "block") return chance
  const centre = Math.floor(scrambled(seed, count) * count)
  const [row, column] = [Math.floor(centre / columns), centre % columns]
  return chance.map((value, place) => {
    return Math.hypot(Math.floor(place / columns) - row, (place % columns) - column) + value / 1000
  })
}

/**
 * As many hidden patches as asked for, from those that are hidden: the next by rank go, or the last come back.
 * @param {Set<number>} hidden
 * @param {number[]} order  of `ranks`
 * @param {number} count
 * @returns {Set<number>}
 */
export function resized(hidden, order, count) {
  const places = order.map((_, place) => place)
  places.sort((a, b) => Number(hidden.has(b)) - Number(hidden.has(a)) || order[a] - order[b])
  return new Set(places.slice(0, count))
}

/** The patches as pixels, 1 where hidden: (C, H, W). */
export function maskOf(hidden, [rows, columns], [channels, height, width]) {
  const mask = new Float32Array(channels * height * width)
  const [tall, wide] = [height / rows, width / columns]
  for (let i = 0; i < mask.length; i++) {
    const [y, x] = [Math.floor(i / width) % height, i % width]
    if (hidden.has(Math.floor(y / tall) * columns + Math.floor(x / wide))) mask[i] = 1
  }
  return mask
}

/** How far a guess is off in the hidden pixels, as PSNR in dB; null where nothing is hidden. */
export function psnrOf(recon, x, mask) {
  let [error, count] = [0, 0]
  for (let i = 0; i < x.length; i++) {
    if (!mask[i]) continue
    error += (recon[i] - x[i]) ** 2
    count++
  }
  return count ? Math.min(-10 * Math.log10(error / count), 60) : null
}
