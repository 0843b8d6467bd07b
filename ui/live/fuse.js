// Fewer layers that compute the same: what a convolution can do along with its own work, it does.

import { NORM } from "./layers.js"

/**
 * A list of layers in which two pairs are one: upsampling by two and the 3x3 convolution behind it; a convolution and the
 * batch normalisation behind it. The new one stands where the second stood; nothing asks for the first any more.
 * @param {import("./layers.js").Layer[]} layers
 * @param {Object<string, {takes: number[], gives: Object<string, number>}>} methods  that lead through them
 * @returns {import("./layers.js").Layer[]}
 */
export function fuse(layers, methods) {
  const ends = Object.values(methods).flatMap(({ takes, gives }) => [...takes, ...Object.values(gives)])
  const uses = [...ends, ...layers.flatMap(({ of }) => of)]
  const usedOnce = (place) => uses.filter((used) => used === place).length === 1
  const fused = []
  for (const layer of layers) {
    const before = layer.of.length === 1 && usedOnce(layer.of[0]) ? fused[layer.of[0]] : null
    fused.push((before && pair(before, layer)) ?? layer)
  }
  return fused
}

function pair(first, second) {
  if (first.kind === "upsample" && first.settings.factor === 2 && isPlain3x3(second)) {
    return { ...second, kind: "upsampled_conv2d", of: first.of }
  }
  if (/conv[12]d$/.test(first.kind) && second.kind === "batch_norm" && !first.tensors.mean) {
    const roles = Object.entries(second.tensors).map(([role, name]) => [NORM[role] ?? role, name])
    const tensors = { ...first.tensors, ...Object.fromEntries(roles) }
    return { ...first, tensors, settings: { ...first.settings, ...second.settings } }
  }
  return null
}

function isPlain3x3({ kind, settings: { kernel, stride, padding } }) {
  return kind === "conv2d" && [kernel, stride, padding].flat().join() === "3,3,1,1,1,1"
}
