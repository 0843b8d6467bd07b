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
    for (let i = 0, at = 0; i < y.length; i++, at += d) {
      let distance = 0
      for (let j = 0; j < d && distance < far[k - 1]; j++) distance += (z[at + j] - zTest[t * d + j]) ** 2
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

const TURNS = 8 // of power iteration: directions change little from look to look

/** Codes in a plane: two numbers as they are, of more the first two principal components, by power iteration. */
export class Plane2 {
  directions = /** @type {Float64Array[]} */ ([]) // of the last codes: so the plane does not flip from look to look

  /** @param {Float32Array} codes  (n * d)  @returns {Float32Array}  (n * 2) */
  of(codes, d) {
    if (d === 2) return codes
    const n = codes.length / d
    const mean = new Float64Array(d)
    for (let i = 0; i < codes.length; i++) mean[i % d] += codes[i] / n
    const spread = new Float64Array(d * d) // the covariance, times n
    for (let r = 0; r < n; r++) {
      for (let i = 0; i < d; i++) {
        const gap = codes[r * d + i] - mean[i]
        for (let j = 0; j <= i; j++) spread[i * d + j] += gap * (codes[r * d + j] - mean[j])
      }
    }
    for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) spread[j * d + i] = spread[i * d + j]
    if (this.directions[0]?.length !== d) {
      this.directions = [0, 1].map((k) => Float64Array.from({ length: d }, (_, i) => Math.cos((i + 1) * (k + 1))))
    }
    const [first, second] = this.directions
    for (let turn = 0; turn < TURNS; turn++) {
      first.set(unit(applied(spread, first)))
      second.set(unit(without(applied(spread, second), first)))
    }
    const flat = new Float32Array(2 * n)
    this.directions.forEach((direction, k) => {
      for (let r = 0; r < n; r++) {
        let sum = 0
        for (let i = 0; i < d; i++) sum += (codes[r * d + i] - mean[i]) * direction[i]
        flat[2 * r + k] = sum
      }
    })
    return flat
  }
}

function applied(matrix, vector) {
  const d = vector.length
  return vector.map((_, i) => {
    let sum = 0
    for (let j = 0; j < d; j++) sum += matrix[i * d + j] * vector[j]
    return sum
  })
}

function without(vector, direction) {
  let share = 0
  for (let i = 0; i < vector.length; i++) share += vector[i] * direction[i]
  return vector.map((value, i) => value - share * direction[i])
}

function unit(vector) {
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
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
