// One trace from a seed and a few settings, the same numbers as aecore/signals/draws.py makes: its chances are a hash of a
// counter.

import { inverse, transform } from "./fourier.js"

const STREAM = { pulse: 0, white: 1, other: 2, uniform: 3, carriers: 4 }
const MOST_CARRIERS = 3
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/**
 * What Python says of pulses and noises (aecore/data/signals.py); spectra have 251 numbers.
 * @typedef {{ length: number, rate: number, spectrum: number[], galactic: number[], places: number[], slopes: number[],
 *   bound: number, swing: number, rms: Object<string, number>, rails: Object<string, number[]>,
 *   shift: Object<string, number>, carrier: number[], band: number[], senders: number[] }} Physics
 */

/** n numbers in (0, 1). */
export function uniforms(seed, stream, n) {
  const begin = Math.imul(seed, 0x9e3779b1) + Math.imul(stream, 0x85ebca77)
  return Float64Array.from({ length: n }, (_, i) => {
    let x = (begin + Math.imul(i, 0xc2b2ae3d)) | 0
    x ^= x >>> 16
    x = Math.imul(x, 0x7feb352d)
    x ^= x >>> 15
    x = Math.imul(x, 0x846ca68b)
    x ^= x >>> 16
    return ((x >>> 0) + 0.5) / 2 ** 32
  })
}

/** n standard normal numbers. */
export function gaussians(seed, stream, n) {
  const [first, second] = [uniforms(seed, stream, n), uniforms(seed, stream + 8, n)]
  return first.map((value, i) => Math.sqrt(-2 * Math.log(value)) * Math.cos(2 * Math.PI * second[i]))
}

/** The bare pulse of a seed, largest absolute value 1; where its middle is. @param {Physics} physics */
export function pulseOf(physics, { seed, clipped }) {
  const [place, slope, phase, sign] = uniforms(seed, STREAM.pulse, 4)
  const at = Math.round(physics.places[0] + (physics.places[1] - physics.places[0]) * place)
  const steep = clipped ? 0 : physics.slopes[0] + (physics.slopes[1] - physics.slopes[0]) * slope
  const turn = clipped ? 0 : (phase * Math.PI) / 2
  const up = clipped || sign > 0.5 ? 1 : -1
  const re = new Float64Array(physics.spectrum.length)
  const im = new Float64Array(physics.spectrum.length)
  physics.spectrum.forEach((value, k) => {
    const amplitude = up * value * Math.exp(-steep * ((k * physics.rate) / physics.length - physics.band[0]))
    const angle = turn - (2 * Math.PI * k * at) / physics.length
    re[k] = amplitude * Math.cos(angle)
    im[k] = amplitude * Math.sin(angle)
  })
  return { at, s: toOne(inverse(re, im)) }
}

/** Galactic noise of a mean square of 1, made of white. @param {Physics} physics */
export function galacticOf(physics, white) {
  const { re, im } = transform(white)
  return inverse(
    re.map((value, k) => value * physics.galactic[k]),
    im.map((value, k) => value * physics.galactic[k]),
  )
}

/** Noise in mV; `galactic`: what `galacticOf` made of the seed's second draw. @param {Physics} physics */
export function noiseOf(physics, settings, galactic) {
  const { noise, seed, colour, carriers } = settings
  const n = physics.length
  if (noise === "uniform") return uniforms(seed, STREAM.uniform, n).map((value) => physics.bound * (2 * value - 1))
  if (noise === "cosine")
    return Float64Array.from({ length: n }, (_, j) => physics.swing * (Math.cos((Math.PI * j) / 10) - 0.5))
  const white = gaussians(seed, STREAM.white, n)
  const [a, b] = [Math.sqrt(1 - colour), Math.sqrt(colour)]
  const mixed = white.map((value, i) => physics.rms.background * (a * value + b * galactic[i]))
  const draws = uniforms(seed, STREAM.carriers, 3 * MOST_CARRIERS)
  for (let c = 0; c < carriers; c++) {
    const [strength, frequency, phase] = draws.subarray(3 * c)
    const height = physics.carrier[0] + (physics.carrier[1] - physics.carrier[0]) * strength
    const f = physics.senders[0] + (physics.senders[1] - physics.senders[0]) * frequency
    for (let i = 0; i < n; i++) mixed[i] += height * Math.cos(2 * Math.PI * ((f * i) / physics.rate + phase))
  }
  return mixed
}

/** The seed's second draw, from which Galactic noise is made. */
export const otherDraw = (seed, n) => gaussians(seed, STREAM.other, n)

/** What is received, around 0.5. @param {Physics} physics */
export function receivedOf(physics, { noise, clipped }, s, noises) {
  const [low, high] = (clipped && physics.rails[noise]) || [-Infinity, Infinity]
  const shift = (physics.shift[noise] ?? 0) + 0.5
  return s.map((value, i) => Math.min(Math.max(value + noises[i], low), high) + shift)
}

/** A drawing as text, 64 steps of height from -1 to 1. */
export const packDrawing = (heights) =>
  Array.from(heights, (value) => ALPHABET[Math.round((Math.min(Math.max(value, -1), 1) + 1) * 31.5)]).join("")

/** Heights of a drawing, from -1 to 1; null for what is no drawing of that many samples. */
export function unpackDrawing(text, n) {
  const levels = [...(text ?? "")].map((letter) => ALPHABET.indexOf(letter))
  if (levels.length !== n || levels.some((level) => level < 0)) return null
  return Float64Array.from(levels, (level) => level / 31.5 - 1)
}

/** A drawn pulse of largest absolute value 1 in a trace, its middle `at`; without its mean, as an antenna hears none. */
export function placeDrawing(heights, at, n) {
  const s = new Float64Array(n)
  const mean = heights.reduce((a, b) => a + b, 0) / heights.length
  const begin = Math.min(Math.max(at - heights.length / 2, 0), n - heights.length)
  const flat = heights.every((value) => Math.abs(value) < 0.02)
  if (!flat) heights.forEach((value, i) => (s[begin + i] = value - mean))
  return flat ? s : toOne(s)
}

function toOne(s) {
  const most = s.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  return s.map((value) => value / (most || 1))
}
