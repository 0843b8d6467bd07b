// Kinds of layers that act on tokens (aecore/models/tokens.py): rows of D numbers, which a card lists as a signal (D, T)
// and which lie channels last, token after token: x[token * D + i].
//
// Hidden tokens do not enter an encoder, so nothing is computed for them: behind `visible`, a value's `live` tokens are
// those that count, and what lies at the others is undefined.

import { dense } from "./convolution.js"
import { expect, size } from "./pixels.js"

/** @typedef {import("./layers.js").Make} Make */

/** @type {WeakMap<object, Int32Array>} a value -> the tokens that count; all, if it is not here */
const LIVE = new WeakMap()

/** The tokens of a value that count. @param {Float32Array} x @param {number} count  of all */
function liveOf(x, count) {
  return LIVE.get(x) ?? all(count)
}

/** What a value is made of is what it has tokens of. @param {Float32Array} out @param {any} x */
export function inherit(out, x) {
  const live = LIVE.get(x)
  if (live) LIVE.set(out, live)
  return out
}

/** @type {Map<number, Int32Array>} */
const ALL = new Map()

function all(count) {
  if (!ALL.has(count))
    ALL.set(
      count,
      Int32Array.from({ length: count }, (_, token) => token),
    )
  return /** @type {Int32Array} */ (ALL.get(count))
}

/** nn.Linear of every token: (fanIn, T) -> (fanOut, T). @type {Make} */
export function tokenLinear({ shape: [fanOut, count] }, [from], tensor, room) {
  const [fanIn] = from
  expect([fanIn, count], from)
  const run = dense(room, tensor("weight", [fanOut, fanIn]), tensor("bias", [fanOut], 0), fanIn)
  const [given, made] = [new Float32Array(fanIn * count), new Float32Array(fanOut * count)] // of those that count
  const out = new Float32Array(fanOut * count)
  return (x) => {
    const live = liveOf(x, count)
    if (live.length === count) return inherit(run(out, x, count), x)
    live.forEach((token, n) => given.set(x.subarray(token * fanIn, (token + 1) * fanIn), n * fanIn))
    run(made, given, live.length)
    live.forEach((token, n) => out.set(made.subarray(n * fanOut, (n + 1) * fanOut), token * fanOut))
    return inherit(out, x)
  }
}

/** nn.LayerNorm of every token. @type {Make} */
export function layerNorm({ shape, settings: { eps } }, [from], tensor) {
  expect(shape, from)
  const [width, count] = shape
  const [weight, bias] = [tensor("weight", [width], 1), tensor("bias", [width], 0)]
  const out = new Float32Array(size(shape))
  return (x) => {
    for (const token of liveOf(x, count)) {
      const begin = token * width
      let mean = 0
      for (let i = 0; i < width; i++) mean += x[begin + i]
      mean /= width
      let variance = 0
      for (let i = 0; i < width; i++) variance += (x[begin + i] - mean) ** 2
      const scale = 1 / Math.sqrt(variance / width + eps)
      for (let i = 0; i < width; i++) out[begin + i] = (x[begin + i] - mean) * scale * weight[i] + bias[i]
    }
    return inherit(out, x)
  }
}

/** Numbers of the network added to those of a value: where each token stands. @type {Make} */
export function shift({ shape }, [from], tensor) {
  expect(shape, from)
  const shifts = tensor("shift", [...shape].reverse()) // (T, D) in PyTorch, as it lies here
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] + shifts[i]
    return inherit(out, x)
  }
}

/** aecore.models.tokens.visible: of the hidden tokens nothing goes on. @type {Make} */
export function visible({ shape }, [from, hidden]) {
  expect(shape, from)
  const [width, count] = shape
  expect([count], hidden)
  const out = new Float32Array(size(shape))
  return (x, hidden) => {
    for (let i = 0; i < out.length; i++) out[i] = hidden[(i / width) | 0] > 0 ? 0 : x[i]
    LIVE.set(
      out,
      all(count).filter((token) => !(hidden[token] > 0)),
    )
    return out
  }
}

/** aecore.models.tokens.attend: (3 D, T) -> (heads, from, to), heads innermost. @type {Make} */
export function attend({ shape, settings: { heads } }, [[width, count], ...hidden]) {
  expect(shape, [heads, count, count])
  for (const given of hidden) expect(given, [count])
  const d = width / 3 / heads
  const scale = 1 / Math.sqrt(d)
  const out = new Float32Array(size(shape))
  return (qkv, hidden) => {
    out.fill(0)
    const seen = hidden ? all(count).filter((token) => !(hidden[token] > 0)) : all(count)
    const keys = seen.length ? seen : all(count)
    for (const query of liveOf(qkv, count)) {
      for (let head = 0; head < heads; head++) {
        const q = query * width + head * d
        const row = query * count * heads + head
        let highest = -Infinity
        for (const key of keys) {
          const k = key * width + (heads + head) * d
          let score = 0
          for (let i = 0; i < d; i++) score += qkv[q + i] * qkv[k + i]
          out[row + key * heads] = score * scale
          highest = Math.max(highest, score * scale)
        }
        let total = 0
        for (const key of keys) total += out[row + key * heads] = Math.exp(out[row + key * heads] - highest)
        for (const key of keys) out[row + key * heads] /= total
      }
    }
    return out
  }
}

/** aecore.models.tokens.mix: (heads, from, to) and (3 D, T) -> (D, T). @type {Make} */
export function mix({ shape }, [[heads, count], [width]]) {
  expect(shape, [width / 3, count])
  const d = width / 3 / heads
  const out = new Float32Array(size(shape))
  return (weights, qkv) => {
    const live = liveOf(qkv, count)
    for (const query of live) {
      const to = query * heads * d
      out.fill(0, to, to + heads * d)
      for (const key of live) {
        for (let head = 0; head < heads; head++) {
          const weight = weights[(query * count + key) * heads + head]
          const v = key * width + (2 * heads + head) * d
          for (let i = 0; i < d; i++) out[to + head * d + i] += weight * qkv[v + i]
        }
      }
    }
    return inherit(out, qkv)
  }
}

/** aecore.models.tokens.masked: one and the same token at the hidden places; all count again. @type {Make} */
export function masked({ shape }, [from, hidden], tensor) {
  expect(shape, from)
  const [width, count] = shape
  expect([count], hidden)
  const token = tensor("token", [width])
  const out = new Float32Array(size(shape))
  return (x, hidden) => {
    for (let i = 0; i < out.length; i++) out[i] = hidden[(i / width) | 0] > 0 ? token[i % width] : x[i]
    return out
  }
}

/** The mean of all tokens that count. @type {Make} */
export function meanToken({ shape: [width] }, [from]) {
  const [, count] = from
  expect([width, count], from)
  const out = new Float32Array(width)
  return (x) => {
    const live = liveOf(x, count)
    out.fill(0)
    for (const token of live) for (let i = 0; i < width; i++) out[i] += x[token * width + i] / live.length
    return out
  }
}

/** nn.GELU: x times the share of a normal distribution below it. @type {Make} */
export function gelu({ shape }, [from]) {
  expect(shape, from)
  const [width] = shape
  const count = size(shape) / width
  const out = new Float32Array(size(shape))
  return (x) => {
    for (const token of liveOf(x, count)) {
      for (let i = token * width; i < (token + 1) * width; i++) out[i] = x[i] * (0.5 + 0.5 * erf(x[i] * Math.SQRT1_2))
    }
    return inherit(out, x)
  }
}

/** The error function to 1.5e-7. Source: Abramowitz & Stegun 1964, 7.1.26. */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const y = 1 - polynomial * Math.exp(-x * x)
  return x < 0 ? -y : y
}
