// What aecore/anomaly/texture.py computes: scores of patches, the heat map that they make, how well it marks a fault.
// Patches begin every STRIDE pixels of a square picture whose side they divide, so heat is the same all over a cell of
// STRIDE x STRIDE pixels.

export const PATCH = 16 // pixels a side
export const STRIDE = 4
export const TOP = 0.05 // of a picture: its oddest pixels
const REACH = PATCH / STRIDE // cells of a patch's side

/** How many patches there are along a side. */
export const patchesAlong = (side) => (side - PATCH) / STRIDE + 1

/** Copies a patch. @param {Float32Array} x  (side, side)  @param {Float32Array} out  (PATCH, PATCH) */
export function cutPatch(x, side, place, out) {
  const along = patchesAlong(side)
  const [top, left] = [STRIDE * Math.floor(place / along), STRIDE * (place % along)]
  for (let row = 0; row < PATCH; row++) {
    const begin = (top + row) * side + left
    out.set(x.subarray(begin, begin + PATCH), row * PATCH)
  }
  return out
}

/** Calls `use` with the places of all patches that cover a pixel of a rectangle, its ends included. */
export function overlapping(side, [left, top, right, bottom], use) {
  const along = patchesAlong(side)
  const first = (from) => Math.max(0, Math.ceil((from - PATCH + 1) / STRIDE))
  const last = (to) => Math.min(along - 1, Math.floor(to / STRIDE))
  for (let row = first(top); row <= last(bottom); row++) {
    for (let column = first(left); column <= last(right); column++) use(row * along + column)
  }
}

/** Both scores of a patch by a network. @param {import("../../../ui/live/network.js").Network} model */
export function byNetwork(model, x) {
  let distance = 0
  for (const value of model.features?.(x) ?? []) distance += value * value
  return { error: meanSquare(x, model.forward(x)), distance }
}

/** Both by PCA. @param {{mean: Float32Array, axes: Float32Array, spread: Float32Array}} pca  axes: (K, PATCH PATCH) */
export function byPca({ mean, axes, spread }, x) {
  const recon = Float64Array.from(mean)
  let distance = 0
  for (let axis = 0; axis < spread.length; axis++) {
    const begin = axis * x.length
    let number = 0
    for (let i = 0; i < x.length; i++) number += (x[i] - mean[i]) * axes[begin + i]
    for (let i = 0; i < x.length; i++) recon[i] += number * axes[begin + i]
    distance += (number / spread[axis]) ** 2
  }
  return { error: meanSquare(x, recon), distance }
}

function meanSquare(x, recon) {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += (x[i] - recon[i]) ** 2
  return sum / x.length
}

/**
 * The mean score of all patches over a cell; NaN where none is known.
 * @param {Float64Array} marks  a score a patch, NaN where not known yet
 * @returns {Float64Array} (side / STRIDE, side / STRIDE)
 */
export function heatOf(marks, side) {
  const [along, cells] = [patchesAlong(side), side / STRIDE]
  const heat = new Float64Array(cells * cells)
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      let [sum, count] = [0, 0]
      for (let i = Math.max(0, row - REACH + 1); i <= Math.min(row, along - 1); i++) {
        for (let j = Math.max(0, column - REACH + 1); j <= Math.min(column, along - 1); j++) {
          const mark = marks[i * along + j]
          if (Number.isNaN(mark)) continue
          sum += mark
          count += 1
        }
      }
      heat[row * cells + column] = count ? sum / count : Number.NaN
    }
  }
  return heat
}

/** The heat from which a cell is among the oddest of the picture, TOP of all. @param {Float64Array} heat */
export function oddest(heat) {
  const known = heat.filter((value) => !Number.isNaN(value)).sort()
  return known[Math.floor((1 - TOP) * known.length)]
}

/**
 * How well heat tells a fault's pixels from the others.
 * @param {Uint8Array} mask  (side, side), 1 where the fault is
 * @returns {{top: number, auroc: number}} percent of the fault's pixels that are among the oddest; and the pixelwise
 *   AUROC in percent. NaN where there is no fault.
 */
export function rates(heat, mask, side) {
  const cells = side / STRIDE
  const odd = new Float64Array(cells * cells) // pixels of the fault in a cell
  mask.forEach((one, i) => {
    odd[Math.floor(i / side / STRIDE) * cells + Math.floor((i % side) / STRIDE)] += one
  })
  const order = Array.from(heat.keys()).sort((a, b) => heat[a] - heat[b])
  const [area, limit] = [STRIDE * STRIDE, oddest(heat)]
  let [below, pairs, own, top] = [0, 0, 0, 0]
  for (let i = 0; i < order.length; ) {
    let [odds, usual] = [0, 0] // of equal heat
    const value = heat[order[i]]
    for (; i < order.length && heat[order[i]] === value; i++) {
      odds += odd[order[i]]
      usual += area - odd[order[i]]
    }
    pairs += odds * (below + usual / 2)
    below += usual
    own += odds
    if (value >= limit) top += odds
  }
  return { top: (100 * top) / own, auroc: (100 * pairs) / (own * below) }
}
