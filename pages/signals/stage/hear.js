// What each way hears in a trace, how good that is, and the sentence that says so.

import {
  ALARM,
  NEAR,
  atRail,
  bandPass,
  byNetwork,
  matchedTo,
  noisePower,
  outputSnr,
  placeOf,
  spread,
  through,
  wienerOf,
} from "./ways.js"

const WEAK = 3 // dB; a pulse found with less has the right place and little of the shape

/**
 * recon: mV around 0, or a count where it has no shape; place: sample; loud: mV.
 * @typedef {{ recon: Float64Array, place: number, loud: number, shapeless?: boolean }} Answer
 * @typedef {{ verdict: string, off: number, gain: number }} Judgement  "good", "weak" or "wrong"; "" without a truth
 */

/**
 * @param {string} way  @param {any} data  as the stage has it  @param {any} settings
 * @param {ArrayLike<number>} x  @param {?import("../../../ui/live/network.js").Network} model  of a network
 * @param {boolean} file  x is a visitor's own
 * @returns {Answer}
 */
export function hear(way, data, settings, x, model, file) {
  const { physics, unit, template, published } = data
  if (model) return loudest(byNetwork(model, x))
  if (way === "raw") return loudest(spread(x).centred)
  if (way === "band") return loudest(through(x, bandPass(physics)))
  if (way === "rail") {
    const shift = (physics.shift[settings.noise] ?? 0) + 0.5
    const [low, high] = physics.rails[settings.noise]
    return { ...loudest(atRail(x, low + shift, high + shift)), shapeless: true }
  }
  const noise = noisePower(physics, file ? { noise: "background", colour: 0 } : settings)
  if (way === "wiener") return loudest(through(x, wienerOf(noise, unit, settings.snr * physics.rms[settings.noise])))
  const upright = settings.clipped && !file
  const { recon, place, strength } = matchedTo(x, noise, upright ? published : template, upright)
  return { recon, place, loud: Math.abs(strength[place]) }
}

/** @param {Answer} answer  @param {?Float64Array} s  the truth  @returns {Judgement} */
export function judge({ place, recon, shapeless }, s) {
  if (!s?.some((value) => value)) return { verdict: "", off: 0, gain: 0 }
  const off = Math.abs(place - placeOf(s))
  const gain = shapeless ? 0 : outputSnr(s, recon)
  return { verdict: off >= NEAR ? "wrong" : gain >= WEAK || shapeless ? "good" : "weak", off, gain }
}

/** What is drawn of an answer: counts of stuck samples are made as high as pulses. @param {Answer} answer */
export const drawable = ({ recon, shapeless }) => (shapeless ? recon.map((value) => 0.3 * value) : recon)

export const decibels = (gain) => `${gain.toFixed(1).replace("-", "\u2212")} dB`

/** What stands below the charts; begin: the sample of a file that the trace begins with. @param {Answer} heard  @param {Judgement} judged */
export function sentence(name, heard, judged, s, begin = 0) {
  const { verdict, off, gain } = judged
  const away = `${off} ${off === 1 ? "sample" : "samples"} off`
  if (verdict === "wrong") return `${name}: wrong place, ${away}.`
  if (heard.shapeless) return verdict ? `${name}: found by counting alone, ${away}.` : `${name}: nothing to count.`
  if (verdict)
    return `${name}: ${verdict === "weak" ? "right place, poor shape" : "found"}, ${away}. Output SNR ${decibels(gain)}.`
  if (!s) return `${name}: loudest at sample ${begin + heard.place}. The truth is unknown here.`
  const height = `${heard.loud.toFixed(2)} mV`
  if (heard.loud >= ALARM) return `${name}: false alarm. There is no pulse, and it peaks at ${height}.`
  return `${name}: rightly quiet. There is no pulse, and it peaks at only ${height}.`
}

/** @returns {Answer} */
function loudest(recon) {
  const place = placeOf(recon)
  return { recon, place, loud: Math.abs(recon[place]) }
}
