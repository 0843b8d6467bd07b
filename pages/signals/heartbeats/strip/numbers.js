// Series of numbers as Python sends them, and the gain that the page measures.

/** @param {string} base64  of int16  @param {number} scale  of one step  @returns {Float32Array<ArrayBuffer>} */
export function seriesFrom(base64, scale) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return Float32Array.from(new Int16Array(bytes.buffer), (step) => step * scale)
}

/** How much smaller the error has become, in dB; NaN where there was none. */
export function decibels(x, before, after) {
  const off = (series) => Math.sqrt(series.reduce((sum, value, i) => sum + (value - x[i]) ** 2, 0))
  const noise = off(before)
  return noise > 0 ? 20 * Math.log10(noise / off(after)) : Number.NaN
}

/** Mean squared error of a beat against what was made of it. */
export function squaredError(x, recon) {
  return x.reduce((sum, value, i) => sum + (value - recon[i]) ** 2, 0) / x.length
}

/** A beat by PCA: mean and axes, one behind the other. */
export function byPrincipal(x, mean, axes) {
  const out = Float32Array.from(mean)
  for (let begin = 0; begin < axes.length; begin += x.length) {
    let code = 0
    for (let i = 0; i < x.length; i++) code += (x[i] - mean[i]) * axes[begin + i]
    for (let i = 0; i < x.length; i++) out[i] += code * axes[begin + i]
  }
  return out
}
