// The four networks with more methods than their cards list, and with other weights.

import { Draws } from "../../../ui/live/train/draws.js"
import { buildNetwork } from "../../../ui/live/network.js"

/**
 * A network that also gives its picture before it is clipped, and, if its decoder is told where maxima were, lets the
 * places be those of another picture.
 * @typedef {object} Opened
 * @property {(x: Float32Array) => Float32Array} raw
 * @property {(x: Float32Array, places: string, other: Float32Array) => Float32Array} placed  raw, with the places of x
 *   ("own"), of `other` ("other"), or the upper left corners ("corners"); without places the same as raw
 */

/**
 * @param {import("../../../ui/live/network.js").Network} network
 * @param {?number} seed  of fresh random weights; null for its own
 * @returns {Opened}
 */
export function openNetwork({ card, shapes, tensor }, seed = null) {
  const { layers, methods } = card.network
  const before = (place) => layers[place].of[0] // what is clipped in the end
  const raw = { takes: methods.forward.takes, gives: { raw: before(methods.forward.gives.out) } }
  const places = placesOf(layers, raw.gives.raw)
  const told = Object.fromEntries(places.map((place, i) => [`places${i}`, place]))
  const z = methods.encode.gives.z
  const extra = {
    raw,
    remember: { takes: raw.takes, gives: { z, ...told } },
    redraw: { takes: [z, ...places], gives: raw.gives },
    bare: { takes: [z], gives: { raw: before(methods.decode.gives.recon) } },
  }
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      seed === null ? tensor(name) : fresh(name, shapes, shape, seed),
    ]),
  )
  const opened = /** @type {any} */ (buildNetwork({ card: withMethods(card, extra), shapes, tensors }))
  const placed = (x, which, other) => {
    if (!places.length || which === "own") return opened.raw(x)
    const { z: code, ...own } = opened.remember(x)
    if (which === "corners") return opened.bare(code)
    const theirs = opened.remember(other)
    return opened.redraw(code, ...Object.keys(own).map((name) => theirs[name]))
  }
  return { raw: opened.raw, placed }
}

/** Places, in a list of layers, of the places of maxima that lead to one of them. */
function placesOf(layers, end) {
  const wanted = new Set([end])
  const places = /** @type {number[]} */ ([])
  for (let at = end; at >= 0; at--) {
    if (!wanted.has(at)) continue
    if (layers[at].kind === "max_places2d") places.push(at)
    for (const one of layers[at].of) wanted.add(one)
  }
  return places.sort((a, b) => a - b)
}

function withMethods(card, extra) {
  return { ...card, network: { ...card.network, methods: { ...card.network.methods, ...extra } } }
}

/**
 * A tensor as torch begins with: uniform, as far as 1 / sqrt(inputs of a unit) either way.
 * @param {string} name  of the tensor
 * @param {Object<string, number[]>} shapes  of all
 */
export function fresh(name, shapes, shape, seed) {
  const [, ...inputs] = shapes[name.replace(/bias$/, "weight")] // of a transposed convolution torch counts these, too
  const far = 1 / Math.sqrt(inputs.reduce((a, b) => a * b, 1))
  const stream = [...name].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 7)
  const draws = new Draws(seed, stream)
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => far * (2 * draws.uniform() - 1))
}
