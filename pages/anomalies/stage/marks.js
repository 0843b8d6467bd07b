// Scores and distributions in the browser: what aecore/anomaly computes with torch and NumPy.

import { fromHalf } from "../../../ui/live/safetensors.js"

const LEAST_INK = 1 // scores.py
const ROUNDING = 2 ** -11 // relative, of the half precision in which they are stored: rank.py

/** Quantiles as the stage's Python packs them. @returns {Float64Array} (table.STEPS + 1), rising */
export function quantilesFrom(packed) {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0))
  return Float64Array.from(fromHalf(bytes.buffer))
}

/** How many percent of a distribution score less, linear between its quantiles; of equal ones the first: rank.py. */
export function shareBelow(score, quantiles) {
  const last = quantiles.length - 1
  const rounded = score - Math.abs(score) * ROUNDING
  if (rounded > quantiles[last]) return 100
  if (rounded <= quantiles[0]) return 0
  let [from, to] = [0, last] // quantiles[from] < rounded <= quantiles[to]
  while (to - from > 1) {
    const middle = (from + to) >> 1
    if (quantiles[middle] < rounded) from = middle
    else to = middle
  }
  const part = Math.min((score - quantiles[from]) / (quantiles[to] - quantiles[from]), 1)
  return (100 * (from + part)) / last
}

/** The score below which so many percent of a distribution lie. */
export function quantile(percent, quantiles) {
  const at = (Math.min(Math.max(percent, 0), 100) / 100) * (quantiles.length - 1)
  const from = Math.floor(at)
  const to = Math.min(from + 1, quantiles.length - 1)
  return quantiles[from] + (at - from) * (quantiles[to] - quantiles[from])
}

/**
 * The receiver operating characteristic: shares in percent of the normal and of the strange above each threshold.
 * @returns {[number, number][]} from no alarm to nothing but alarms
 */
export function rocOf(usual, odd) {
  const thresholds = [...usual, ...odd].sort((a, b) => b - a)
  const points = thresholds.map((threshold) => [100 - shareBelow(threshold, usual), 100 - shareBelow(threshold, odd)])
  return /** @type {[number, number][]} */ ([[0, 0], ...points, [100, 100]])
}

/** How dense a distribution is in equal bins between two ends, (bins), its sum 1 where all of it lies between them. */
export function densityOf(quantiles, low, high, bins) {
  const edge = (i) => shareBelow(low + (i / bins) * (high - low), quantiles) / 100
  return Array.from({ length: bins }, (_, i) => (i === bins - 1 ? 1 : edge(i + 1)) - (i ? edge(i) : 0))
}

export function errorOf(x, recon) {
  let total = 0
  for (let i = 0; i < x.length; i++) total += (x[i] - recon[i]) ** 2
  return total
}

export function errorPerInk(x, recon) {
  let ink = 0
  for (let i = 0; i < x.length; i++) ink += x[i]
  return errorOf(x, recon) / Math.max(ink, LEAST_INK)
}

/** One_class.py's `oddness`; usual: mean and sd of the error, then of the distance. */
export function oddness(x, recon, features, usual) {
  const [error, errorSd, distance, distanceSd] = usual
  let squares = 0
  for (const value of features) squares += value * value
  return (errorOf(x, recon) - error) / errorSd + (squares - distance) / distanceSd
}

/**
 * -ELBO in nats, the mean over the noise. `decode` gives probabilities, of which the logarithm is taken no lower than
 * a float's sigmoid goes.
 * @param {{mu: Float32Array, logvar: Float32Array}} posterior
 * @param {(z: Float32Array) => Float32Array} decode
 * @param {Float32Array} noise  (K, latent_dim)
 */
export function negativeElbo(x, posterior, decode, noise) {
  const { mu, logvar } = posterior
  const draws = noise.length / mu.length
  let total = 0
  mu.forEach((mean, j) => (total += 0.5 * (mean * mean + Math.exp(logvar[j]) - 1 - logvar[j])))
  for (let k = 0; k < draws; k++) {
    const z = mu.map((mean, j) => mean + Math.exp(0.5 * logvar[j]) * noise[k * mu.length + j])
    const p = decode(z)
    for (let i = 0; i < x.length; i++) {
      const ink = Math.min(Math.max(p[i], 1e-30), 1 - 1e-7)
      total -= (x[i] * Math.log(ink) + (1 - x[i]) * Math.log(1 - ink)) / draws
    }
  }
  return total
}
