// The ways to hear a pulse: the classical ones as in aecore/signals/methods.py, the networks, and their scores. A trace
// is around 0.5, answers are in mV around 0.

import { analytic, inverse, transform } from "./fourier.js"

const FLOOR = 1e-4 // mV of white noise, so that nothing is divided by 0
const WINDOW = 6 // samples, of the bell under which those at the rail are counted
export const NEAR = 10 // samples
export const ALARM = 0.1 // mV

/** A trace brought to an RMS of `level` around 0.5, as a network learnt it, and its gain; as it is for level 0. */
export function levelled(x, level) {
  if (!level) return { x: Float32Array.from(x), gain: 1 }
  const { centred, rms } = spread(x)
  const gain = rms > 1e-9 ? level / rms : 1
  return { x: Float32Array.from(centred, (value) => 0.5 + gain * value), gain }
}

/** A trace without its mean, and its RMS. */
export function spread(x) {
  const mean = x.reduce((a, b) => a + b, 0) / x.length
  const centred = Float64Array.from(x, (value) => value - mean)
  return { centred, rms: Math.sqrt(centred.reduce((a, b) => a + b * b, 0) / x.length) }
}

/** What a network gives back, in mV. @param {import("../../../ui/live/network.js").Network} network */
export function byNetwork(network, x) {
  const { x: given, gain } = levelled(x, network.card.config.level)
  return Float64Array.from(network.forward(given), (value) => (value - 0.5) / gain)
}

/** Mean square of a noise's coefficients. @param {import("./draws.js").Physics} physics */
export function noisePower(physics, { noise, colour }) {
  const n = physics.length
  const floor = FLOOR ** 2 * n
  if (noise === "cosine") {
    const wave = Float64Array.from({ length: n }, (_, j) => physics.swing * Math.cos((Math.PI * j) / 10))
    const { re, im } = transform(wave)
    return re.map((value, k) => value * value + im[k] * im[k] + floor)
  }
  const white = physics.rms[noise] ** 2 * n
  const share = noise === "background" ? colour : 0
  return Float64Array.from(physics.galactic, (gain) => white * (1 - share + share * gain * gain) + floor)
}

/** A filter of zero phase. */
export function through(x, response) {
  const { re, im } = transform(spread(x).centred)
  return inverse(
    re.map((value, k) => value * response[k]),
    im.map((value, k) => value * response[k]),
  )
}

/** 1 inside of 30 to 80 MHz, else 0. @param {import("./draws.js").Physics} physics */
export function bandPass(physics) {
  const [low, high] = physics.band
  return Float64Array.from(physics.spectrum, (_, k) => {
    const f = (k * physics.rate) / physics.length
    return f >= low && f <= high ? 1 : 0
  })
}

/** S / (S + N) for pulses of this height. */
export const wienerOf = (noise, unit, height) =>
  noise.map((power, k) => (unit[k] * height * height) / (unit[k] * height * height + power))

/**
 * The matched filter: how strong a pulse is at each sample, and the pulse drawn where it is strongest.
 * @param {ArrayLike<number>} template  amplitudes of a pulse at zero phase; upright: of no other phase than that
 */
export function matchedTo(x, noise, template, upright) {
  const { re, im } = transform(spread(x).centred)
  let norm = 0
  for (let k = 0; k < re.length; k++) {
    const weight = template[k] / noise[k]
    norm += (2 * template[k] * weight) / x.length
    re[k] *= weight
    im[k] *= weight
  }
  const c = analytic(re, im)
  const strength = c.re.map((value, t) => (upright ? value : Math.hypot(value, c.im[t])) / norm)
  const place = strength.indexOf(Math.max(...strength))
  const [a, b] = [c.re[place] / norm, upright ? 0 : c.im[place] / norm]
  const turn = (k) => (-2 * Math.PI * k * place) / x.length
  const cos = Float64Array.from(template, (size, k) => size * (a * Math.cos(turn(k)) - b * Math.sin(turn(k))))
  const sin = Float64Array.from(template, (size, k) => size * (a * Math.sin(turn(k)) + b * Math.cos(turn(k))))
  return { strength, place, recon: analytic(cos, sin).re }
}

/** Samples stuck at a rail, counted under a bell. */
export function atRail(x, low, high) {
  const stuck = Float64Array.from(x, (value) => (Math.abs(value - low) < 1e-6 || Math.abs(value - high) < 1e-6 ? 1 : 0))
  const reach = 4 * WINDOW
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / WINDOW) ** 2))
  const total = bell.reduce((a, b) => a + b, 0)
  return stuck.map((_, t) => bell.reduce((sum, weight, i) => sum + (weight / total) * (stuck[t + i - reach] ?? 0), 0))
}

/** Sample of the largest absolute value. */
export function placeOf(trace) {
  let best = 0
  for (let t = 1; t < trace.length; t++) if (Math.abs(trace[t]) > Math.abs(trace[best])) best = t
  return best
}

/** 10 log10(sum s^2 / sum (recon - s)^2), dB: 0 for silence. */
export function outputSnr(s, recon) {
  let [energy, error] = [0, 0]
  for (let t = 0; t < s.length; t++) {
    energy += s[t] * s[t]
    error += (recon[t] - s[t]) ** 2
  }
  return 10 * Math.log10(energy / Math.max(error, 1e-20))
}
