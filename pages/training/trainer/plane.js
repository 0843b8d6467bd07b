// How well codes keep classes apart, and what a network's errors look like: twins of aecore/learning/measure.py.

import { PIXELS, sigmoid } from "./losses.js"

const SURE = [0.1, 0.9] // a pixel between them is grey

/**
 * Share of test codes whose k nearest codes have, by most votes, their class; of a tie, the smaller one.
 * @param {ArrayLike<number>} z  (N * d)
 * @param {ArrayLike<number>} y  classes
 * @param {ArrayLike<number>} zTest  (M * d)
 * @param {ArrayLike<number>} yTest
 * @param {number} d
 */
export function nearestRight(z, y, zTest, yTest, d, k = 15) {
  const [far, who] = [new Float64Array(k), new Int32Array(k)]
  let right = 0
  const count = yTest.length
  for (let t = 0; t < count; t++) {
    far.fill(Infinity)
    for (let i = 0, at = 0; i < y.length; i++) {
      let distance = 0
      for (let j = 0; j < d; j++, at++) distance += (z[at] - zTest[t * d + j]) ** 2
      if (distance >= far[k - 1]) continue
      let place = k - 1 // put it in its place among the nearest
      for (; place > 0 && far[place - 1] > distance; place--) {
        far[place] = far[place - 1]
        who[place] = who[place - 1]
      }
      far[place] = distance
      who[place] = i
    }
    const votes = new Int32Array(10)
    for (const i of who) votes[y[i]]++
    if (votes.indexOf(Math.max(...votes)) === yTest[t]) right++
  }
  return right / count
}

/** Half the squared error and the cross-entropy a digit, and the share of grey pixels. (rows * PIXELS) */
export function errorsOf(logits, x, rows) {
  let [squares, nats, grey] = [0, 0, 0]
  for (let i = 0; i < rows * PIXELS; i++) {
    const p = sigmoid(logits[i])
    squares += (p - x[i]) ** 2
    nats += Math.max(logits[i], 0) - x[i] * logits[i] + Math.log1p(Math.exp(-Math.abs(logits[i])))
    if (p > SURE[0] && p < SURE[1]) grey++
  }
  return { squared: (0.5 * squares) / rows, nats: nats / rows, grey: grey / (rows * PIXELS) }
}
