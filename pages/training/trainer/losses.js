// What a network is told about its errors: the twin of LOSSES and `reconstruction` in aecore/learning/objectives.py.

/**
 * @typedef {object} Loss  see aecore/learning/objectives.py
 * @property {"gaussian" | "bernoulli"} likelihood
 * @property {"grey" | "threshold" | "drawn"} pixels
 * @property {boolean} variational
 * @property {boolean} learned
 * @property {string} [rule]  of ROUNDS: two layers of sigmoid units learn by it, see rounds.js
 */

const PLAIN = {
  likelihood: /** @type {const} */ ("gaussian"),
  pixels: /** @type {const} */ ("grey"),
  variational: false,
  learned: false,
}

/** @type {Object<string, Loss>} */
export const LOSSES = {
  squared: PLAIN,
  "cross-entropy": { likelihood: "bernoulli", pixels: "grey", variational: false, learned: false },
  grey: { likelihood: "bernoulli", pixels: "grey", variational: true, learned: false },
  threshold: { likelihood: "bernoulli", pixels: "threshold", variational: true, learned: false },
  drawn: { likelihood: "bernoulli", pixels: "drawn", variational: true, learned: false },
  "sigma-1": { likelihood: "gaussian", pixels: "grey", variational: true, learned: false },
  "sigma-learned": { likelihood: "gaussian", pixels: "grey", variational: true, learned: true },
  "back-propagation": { ...PLAIN, rule: "back-propagation" },
  recirculation: { ...PLAIN, rule: "recirculation" },
}
export const PIXELS = 784
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI)
const LOGVAR = 12 // log variances stay within +-, as in aecore/models/vae.py

/** Grey pixels as a loss sees them, in place. */
export function asPixels(x, count, pixels, draws) {
  if (pixels === "threshold") for (let i = 0; i < count; i++) x[i] = x[i] > 0.5 ? 1 : 0
  if (pixels === "drawn") for (let i = 0; i < count; i++) x[i] = draws.uniform() < x[i] ? 1 : 0
}

/** The sigmoid of log-odds: a picture. */
export const sigmoid = (logit) => 1 / (1 + Math.exp(-logit))

/**
 * -log p(x | z), the mean over rows, and where asked its gradient by the logits and by log sigma.
 * @param {any} logits  (rows * PIXELS)
 * @param {any} x
 * @param {number} rows
 * @param {Loss} loss
 * @param {number} logSigma
 * @param {any} gradient  (rows * PIXELS), or null
 * @returns {[number, number]}
 */
export function reconstruction(logits, x, rows, loss, logSigma, gradient) {
  const count = rows * PIXELS
  if (loss.likelihood === "bernoulli") return [crossEntropy(logits, x, count, gradient, rows), 0]
  const weight = loss.variational ? Math.exp(-2 * logSigma) : 1
  let squares = 0
  for (let i = 0; i < count; i++) {
    const p = sigmoid(logits[i])
    const error = p - x[i]
    squares += error * error
    if (gradient) gradient[i] = (weight * error * p * (1 - p)) / rows
  }
  const half = (0.5 * squares) / rows
  if (!loss.variational) return [half, 0]
  return [half * weight + PIXELS * (logSigma + HALF_LOG_2PI), loss.learned ? PIXELS - 2 * half * weight : 0]
}

/** The sum of -x log p - (1 - x) log(1 - p) a row. */
function crossEntropy(logits, x, count, gradient, rows) {
  let [sum, factors] = [0, 1] // of log(1 + e), as one product for many pixels: a logarithm is dear
  for (let i = 0; i < count; i++) {
    const logit = logits[i]
    const e = Math.exp(-Math.abs(logit))
    factors *= 1 + e
    if (factors > 1e100) {
      sum += Math.log(factors)
      factors = 1
    }
    sum += Math.max(logit, 0) - x[i] * logit
    if (gradient) gradient[i] = ((logit >= 0 ? 1 : e) / (1 + e) - x[i]) / rows
  }
  return (sum + Math.log(factors)) / rows
}

/** KL(N(mu, exp(logvar)) || N(0, I)), the mean over rows. out: (rows * 2 d), each row mu, then logvar. */
export function divergence(out, rows, d) {
  let sum = 0
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < d; j++) {
      const [mu, logvar] = [out[2 * r * d + j], within(out[2 * r * d + d + j])]
      sum += 0.5 * (mu * mu + Math.exp(logvar) - 1 - logvar)
    }
  }
  return sum / rows
}

/** A log variance as it is used. */
export const within = (logvar) => Math.max(-LOGVAR, Math.min(LOGVAR, logvar))
