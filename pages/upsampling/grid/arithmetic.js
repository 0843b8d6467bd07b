// Four ways to enlarge a small grid of numbers, each cell a sum of terms: an input times a weight. What torch computes.

/**
 * One product of a sum.
 * @typedef {object} Term
 * @property {number} from  place of the input
 * @property {number} tap  place of the kernel's weight, -1 where the weight is no kernel's
 * @property {number} weight
 */

/**
 * @typedef {object} Enlarged
 * @property {number} side  of the output
 * @property {Term[][]} terms  of each output, row by row
 * @property {number[]} out
 * @property {Set<number>} [maxima]  of unpooling, places of the inputs that were the largest of their square
 */

/**
 * @typedef {object} Settings
 * @property {string} way  a key of WAYS
 * @property {number} kernel
 * @property {number} stride  of the two that interpolate, the factor
 * @property {number} padding
 */

/** Pixels a side after a transposed convolution, as aecore/upsampling/checkerboard.py has it. */
export function sideAfter(side, kernel, stride, padding) {
  return (side - 1) * stride - 2 * padding + kernel
}

/** A row of outputs: for each the inputs of a row that reach it, with their weights or taps. */
function transposedRow(side, { kernel, stride, padding }) {
  return Array.from({ length: sideAfter(side, kernel, stride, padding) }, (_, to) => {
    const reached = []
    for (let from = 0; from < side; from++) {
      const tap = to + padding - stride * from
      if (tap >= 0 && tap < kernel) reached.push({ from, tap, weight: 1 })
    }
    return reached
  })
}

function nearestRow(side, { stride }) {
  return Array.from({ length: side * stride }, (_, to) => [{ from: Math.floor(to / stride), tap: -1, weight: 1 }])
}

function bilinearRow(side, { stride }) {
  return Array.from({ length: side * stride }, (_, to) => {
    const place = Math.max((to + 0.5) / stride - 0.5, 0) // pixels are squares: their middles are half a step in
    const from = Math.floor(place)
    const share = place - from
    const next = Math.min(from + 1, side - 1)
    if (share === 0 || next === from) return [{ from, tap: -1, weight: 1 }]
    return [
      { from, tap: -1, weight: 1 - share },
      { from: next, tap: -1, weight: share },
    ]
  })
}

/** Terms of a plane whose rows and columns are enlarged alike. @returns {Term[][]} */
function plane(row, side, kernel, weights) {
  return row.flatMap((down) =>
    row.map((across) =>
      down.flatMap((one) =>
        across.map((other) => {
          const tap = one.tap < 0 ? -1 : one.tap * kernel + other.tap
          const weight = tap < 0 ? one.weight * other.weight : weights[tap]
          return { from: one.from * side + other.from, tap, weight }
        }),
      ),
    ),
  )
}

/** The largest of each two by two goes back to its place, all else is 0. */
function unpooled(x, side) {
  const maxima = new Set()
  for (let row = 0; row < side; row += 2) {
    for (let column = 0; column < side; column += 2) {
      const square = [0, 1, side, side + 1].map((step) => row * side + column + step)
      maxima.add(square.reduce((most, place) => (x[place] > x[most] ? place : most))) // of equal ones the first
    }
  }
  return { maxima, terms: x.map((_, i) => (maxima.has(i) ? [{ from: i, tap: -1, weight: 1 }] : [])) }
}

const ROWS = { nearest: nearestRow, bilinear: bilinearRow, transposed: transposedRow }

/**
 * @param {Settings} settings
 * @param {number[]} x  (side * side)
 * @param {number[]} weights  (kernel * kernel), of a transposed convolution
 * @returns {Enlarged}
 */
export function enlarge(settings, x, weights) {
  const side = Math.sqrt(x.length)
  const row = ROWS[settings.way]?.(side, settings)
  const made = row ? { terms: plane(row, side, settings.kernel, weights) } : unpooled(x, side)
  const out = made.terms.map((terms) => terms.reduce((sum, { from, weight }) => sum + weight * x[from], 0))
  return { side: row?.length ?? side, out, ...made }
}

/**
 * What a transposed convolution does far from all borders, where only an output's place within the stride counts.
 * @returns {{counts: number[], sums: number[]}}  how many inputs reach it, and what it makes of a flat picture of ones,
 *   each value once, from the smallest on
 */
export function inside({ kernel, stride }, weights) {
  const counts = new Set()
  const sums = new Set()
  for (let row = 0; row < stride; row++) {
    for (let column = 0; column < stride; column++) {
      let [count, sum] = [0, 0]
      for (let i = row; i < kernel; i += stride) {
        for (let j = column; j < kernel; j += stride) {
          count++
          sum += weights[i * kernel + j]
        }
      }
      counts.add(count)
      sums.add(Math.round(1e6 * sum) / 1e6)
    }
  }
  const sorted = (set) => [...set].sort((a, b) => a - b)
  return { counts: sorted(counts), sums: sorted(sums) }
}

/** A kernel that interpolates: with the stride that it is made for, a flat picture stays flat. */
export function tent(kernel, stride) {
  const middle = (kernel - 1) / 2
  const line = Array.from({ length: kernel }, (_, i) => Math.max(1 - Math.abs(i - middle) / stride, 0))
  return line.flatMap((a) => line.map((b) => Math.round(1e4 * a * b) / 1e4))
}
