// What the best possible denoiser does, and how near a network comes to it. The twin of best_denoiser and measure_field
// in aecore/field.py.

import { Draws, STREAMS } from "../../../ui/live/train/draws.js"

const PROBES = 500 // noisy points

/**
 * Where the best possible denoiser moves x: the mean of the points that x may have come from, E[data | x].
 * @param {ArrayLike<number>} x  (count * dim)
 * @param {number} sigma
 * @param {Float64Array} data  (N * dim)
 * @param {number} dim
 */
export function bestDenoiser(x, sigma, data, dim) {
  const out = new Float64Array(x.length)
  const factor = -1 / (2 * sigma * sigma)
  const count = data.length / dim
  const far = new Float64Array(count) // squared distances to the data
  for (let at = 0; at < x.length; at += dim) {
    let nearest = Infinity
    for (let i = 0; i < count; i++) {
      far[i] = 0
      for (let d = 0; d < dim; d++) far[i] += (x[at + d] - data[i * dim + d]) ** 2
      nearest = Math.min(nearest, far[i])
    }
    let total = 0
    for (let i = 0; i < count; i++) {
      const weight = Math.exp(factor * (far[i] - nearest))
      total += weight
      for (let d = 0; d < dim; d++) out[at + d] += weight * data[i * dim + d]
    }
    for (let d = 0; d < dim; d++) out[at + d] /= total
  }
  return out
}

/** The denoising loss of the best possible denoiser, the floor of every training curve. */
export function leastLoss(sigma, data, dim, seed = 0, probes = 4000) {
  const { clean, noisy } = probe(sigma, data, dim, seed, probes)
  const best = bestDenoiser(noisy, sigma, data, dim)
  return best.reduce((sum, value, j) => sum + (value - clean[j]) ** 2, 0) / probes
}

/** Points of the data, drawn with replacement, and with noise on them. */
function probe(sigma, data, dim, seed, count) {
  const rng = new Draws(seed, STREAMS.probes)
  const clean = new Float64Array(dim * count)
  for (let i = 0; i < count; i++) {
    const row = rng.below(data.length / dim)
    for (let d = 0; d < dim; d++) clean[dim * i + d] = data[dim * row + d]
  }
  return { clean, noisy: clean.map((value) => value + sigma * rng.normal()) }
}

/** Mean distance of pairs of points. */
export function meanDistance(x, y, dim = 2) {
  let sum = 0
  for (let at = 0; at < x.length; at += dim) {
    let squares = 0
    for (let d = 0; d < dim; d++) squares += (x[at + d] - y[at + d]) ** 2
    sum += Math.sqrt(squares)
  }
  return sum / (x.length / dim)
}

/** Mean distance from points of the plane to the nearest of the data. */
function meanAway(x, data) {
  let sum = 0
  for (let at = 0; at < x.length; at += 2) {
    let nearest = Infinity
    for (let i = 0; i < data.length; i += 2) {
      nearest = Math.min(nearest, (x[at] - data[i]) ** 2 + (x[at + 1] - data[i + 1]) ** 2)
    }
    sum += Math.sqrt(nearest)
  }
  return sum / (x.length / 2)
}

/**
 * What a field of the plane does: see FieldNumbers.
 * @param {import("../../../ui/live/train/network.js").Network} network
 * @param {Float64Array} data  (N * 2)
 * @param {number} sigma
 * @param {number} [seed]
 * @param {number} [probes]
 */
export function measureField(network, data, sigma, seed = 0, probes = PROBES) {
  const moved = (x) => network.forward(x, x.length / 2).slice(0, x.length)
  const { noisy } = probe(sigma, data, 2, seed, probes)
  const corners = Float64Array.of(1, 1, 1, -1, -1, 1, -1, -1)
  const farCorners = corners.map((value) => 1.5 * value)
  const [denoised, best] = [moved(noisy), bestDenoiser(noisy, sigma, data, 2)]
  let [dot, own, score] = [0, 0, 0]
  for (let j = 0; j < noisy.length; j++) {
    const [arrow, truth] = [denoised[j] - noisy[j], best[j] - noisy[j]]
    dot += arrow * truth
    own += arrow * arrow
    score += truth * truth
  }
  return {
    onData: meanDistance(data, moved(data)),
    dataBest: meanDistance(data, bestDenoiser(data, sigma, data, 2)),
    before: meanAway(noisy, data),
    after: meanAway(denoised, data),
    corners: meanDistance(corners, moved(corners)),
    farCorners: meanDistance(farCorners, moved(farCorners)),
    cosine: dot / Math.sqrt(own * score),
  }
}
