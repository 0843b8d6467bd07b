// Data in the plane of which the answer is known: Gaussians on a ring or on a grid, and how many of them samples find.
// The twin of `find` in aecore/gans/plane.py.

export const SPREAD = 0.02 // standard deviation of each
export const NEAR = 0.1 // of a centre: what lies farther is no sample of it
export const LEAST = 0.25 // of its fair share of the samples: a centre that gets less is not found

/** @typedef {"ring" | "grid"} Shape */

/** Centres, (K * 2).  @param {Shape} shape */
export function centres(shape) {
  if (shape === "ring") {
    return Float64Array.from({ length: 16 }, (_, j) => {
      const angle = (2 * Math.PI * (j >> 1)) / 8
      return j % 2 ? Math.sin(angle) : Math.cos(angle)
    })
  }
  return Float64Array.from({ length: 50 }, (_, j) => -1 + 0.5 * (j % 2 ? Math.floor((j >> 1) / 5) : (j >> 1) % 5))
}

/**
 * What samples find.
 * @param {Float64Array} samples  (N * 2)
 * @param {Float64Array} middles  (K * 2)
 * @returns {{ modes: number, good: number, counts: number[] }}  good: share of the samples that lie near a centre
 */
export function modesOf(samples, middles) {
  const counts = Array(middles.length / 2).fill(0)
  let good = 0
  for (let i = 0; i < samples.length; i += 2) {
    let [nearest, place] = [NEAR * NEAR, -1]
    for (let k = 0; k < middles.length; k += 2) {
      const square = (samples[i] - middles[k]) ** 2 + (samples[i + 1] - middles[k + 1]) ** 2
      if (square <= nearest) [nearest, place] = [square, k / 2]
    }
    if (place < 0) continue
    counts[place]++
    good++
  }
  const total = samples.length / 2
  const least = (LEAST * total) / counts.length
  return { modes: counts.filter((count) => count >= least).length, good: good / total, counts }
}
