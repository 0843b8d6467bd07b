// The kinds of layers that cards list (aecore/models/operations.py), for one picture at a time, in float32. Those in which
// the time goes, convolutions and dense layers, compute in the network's room (room.js); the others are plain loops.
//
// Inside a network a picture (C, H, W) or a signal (C, L) lies channels last: x[(row * width + column) * channels +
// channel], so that what a convolution reads and writes is contiguous. Weights come in PyTorch's order and are laid out
// anew once, at loading. Each layer owns the buffer that it returns and overwrites it on the next call: running a network
// allocates nothing.

import { convolution, convolution3x3, dense, spread } from "./convolution.js"
import {
  concat,
  expand,
  expect,
  fold,
  maxPlaces,
  maxUnpool,
  oneHot,
  picture,
  plane,
  pool,
  reshape,
  size,
  slice,
  upsample,
} from "./pixels.js"
import { attend, gelu, inherit, layerNorm, masked, meanToken, mix, shift, tokenLinear, visible } from "./tokens.js"

/**
 * A layer as the card lists it: see aecore.models.layers.Layer.
 * @typedef {object} Layer
 * @property {string} kind
 * @property {number[]} of  places in the list of what it acts on
 * @property {number[]} shape  of the result
 * @property {Object<string, string>} tensors  role -> name in the checkpoint
 * @property {any} settings  by kind
 */

/**
 * Makes a layer run.
 * @callback Make
 * @param {Layer} layer
 * @param {number[][]} from  shapes of what it acts on
 * @param {(role: string, shape: number[], otherwise?: number) => Float32Array} tensor  its weights, in PyTorch's order;
 *   `otherwise` everywhere if it has none in this role; throws if they are missing or of another shape
 * @param {import("./room.js").Room} room  where the network computes
 * @returns {(...values: any[]) => Float32Array}  the values are Float32Arrays, but for a label, which is a number
 * @throws {Error} it does not fit together
 */

/** @type {Object<string, Make>} kind -> what makes it run */
export const LAYERS = {
  linear,
  transposed_linear: transposedLinear,
  conv1d: convNd,
  conv2d: convNd,
  conv_transpose1d: convTranspose,
  conv_transpose2d: convTranspose,
  upsampled_conv2d: upsampledConv2d, // of fuse.js
  batch_norm: batchNorm,
  layer_norm: layerNorm,
  shift,
  visible,
  attend,
  mix,
  masked,
  mean_token: meanToken,
  gelu,
  relu: elementwise(() => leaky(0)),
  leaky_relu: elementwise(({ slope }) => leaky(slope)),
  tanh: elementwise(() => (out, x) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.tanh(x[i])
    return out
  }),
  sigmoid: elementwise(() => (out, x) => {
    for (let i = 0; i < x.length; i++) out[i] = 1 / (1 + Math.exp(-x[i]))
    return out
  }),
  clamp: elementwise(({ min, max }) => (out, x) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.min(Math.max(x[i], min), max)
    return out
  }),
  affine: elementwise(({ scale, shift }) => (out, x) => {
    for (let i = 0; i < x.length; i++) out[i] = scale * x[i] + shift
    return out
  }),
  greater: elementwise(({ than }) => (out, x) => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] > than ? 1 : 0
    return out
  }),
  softmax: elementwise(() => softmaxInto),
  add: elementwise(() => (out, x, y) => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] + y[i]
    return out
  }),
  sub: elementwise(() => (out, x, y) => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] - y[i]
    return out
  }),
  mul: elementwise(() => (out, x, y) => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] * y[i]
    return out
  }),
  div: elementwise(() => (out, x, y) => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] / y[i]
    return out
  }),
  where: elementwise(() => (out, condition, x, y) => {
    for (let i = 0; i < x.length; i++) out[i] = condition[i] ? x[i] : y[i]
    return out
  }),
  max_pool1d: pool(-Infinity, (a, b) => Math.max(a, b), false),
  max_pool2d: pool(-Infinity, (a, b) => Math.max(a, b), false),
  avg_pool1d: pool(0, (a, b) => a + b, true),
  avg_pool2d: pool(0, (a, b) => a + b, true),
  max_places2d: maxPlaces,
  max_unpool2d: maxUnpool,
  upsample,
  pixel_shuffle: fold(false),
  pixel_unshuffle: fold(true),
  reshape,
  expand,
  one_hot: oneHot,
  concat,
  slice,
}

/** nn.Linear: (fanIn) -> (fanOut), or of every token. @type {Make} */
function linear(layer, from, tensor, room) {
  if (layer.shape.length === 2) return tokenLinear(layer, from, tensor, room)
  const [[fanOut], [[fanIn]]] = [layer.shape, from]
  const run = dense(room, tensor("weight", [fanOut, fanIn]), tensor("bias", [fanOut], 0), fanIn)
  const out = new Float32Array(fanOut)
  return (x) => run(out, x, 1)
}

/** x W + bias, for weights (fanIn, fanOut): what decodes where nn.Linear's weights are tied. @type {Make} */
function transposedLinear({ shape: [fanOut] }, [[fanIn]], tensor, room) {
  const run = dense(room, tensor("weight", [fanIn, fanOut]), tensor("bias", [fanOut], 0), fanIn, true)
  const out = new Float32Array(fanOut)
  return (x) => run(out, x, 1)
}

/** nn.Conv1d, nn.Conv2d, also with a batch normalisation behind: (fanIn, H, W) -> (fanOut, H', W'). @type {Make} */
function convNd(layer, [from], tensor, room) {
  const [kernel, stride, padding] = plane(layer.settings)
  const [fanIn, ...extents] = picture(from)
  const sides = extents.map((extent, i) => Math.floor((extent + 2 * padding[i] - kernel[i]) / stride[i]) + 1)
  expect(picture(layer.shape), [layer.shape[0], ...sides])
  const { weight, bias } = normalised(layer, fanIn, tensor)
  if ([...kernel, ...stride, ...padding].join() === "3,3,1,1,1,1") {
    return convolution3x3(room, weight, bias, [fanIn, ...extents], false)
  }
  return convolution(room, weight, bias, [fanIn, ...extents], { kernel, stride, padding })
}

/** nn.Upsample(scale_factor=2, mode="nearest") and nn.Conv2d(fanIn, fanOut, 3, padding=1): H, W -> 2 H, 2 W. @type {Make} */
function upsampledConv2d(layer, [from], tensor, room) {
  const [fanIn, height, width] = from
  expect(layer.shape, [layer.shape[0], 2 * height, 2 * width])
  const { weight, bias } = normalised(layer, fanIn, tensor)
  return convolution3x3(room, weight, bias, from, true)
}

/**
 * A convolution's weights; multiplied and shifted, once and for all, where a batch normalisation stands behind.
 * @param {Layer} layer
 */
function normalised({ shape, settings, tensors }, fanIn, tensor) {
  const [fanOut] = shape
  const weight = tensor("weight", [fanOut, fanIn, ...settings.kernel])
  const bias = tensor("bias", [fanOut], 0)
  if (!tensors.mean) return { weight, bias }
  const { scale, shift } = scaleAndShift(settings.eps, (role, otherwise) => {
    return tensor(NORM[role] ?? role, [fanOut], otherwise)
  })
  const perChannel = weight.length / fanOut
  return {
    weight: weight.map((value, i) => value * scale[Math.floor(i / perChannel)]),
    bias: bias.map((value, o) => value * scale[o] + shift[o]),
  }
}

export const NORM = { weight: "norm_weight", bias: "norm_bias" } // a batch normalisation's, beside a convolution's own

/** nn.BatchNorm1d, nn.BatchNorm2d in eval mode. @type {Make} */
function batchNorm({ shape, settings }, [from], tensor) {
  expect(shape, from)
  const [channels] = shape
  const { scale, shift } = scaleAndShift(settings.eps, (role, otherwise) => tensor(role, [channels], otherwise))
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let i = 0; i < x.length; ) for (let c = 0; c < channels; c++, i++) out[i] = x[i] * scale[c] + shift[c]
    return out
  }
}

/** (x - mean) / sqrt(variance + eps) * weight + bias as one product and one sum. */
function scaleAndShift(eps, tensor) {
  const [weight, bias, mean, variance] = [tensor("weight", 1), tensor("bias", 0), tensor("mean"), tensor("variance")]
  const scale = weight.map((value, c) => value / Math.sqrt(variance[c] + eps))
  return { scale, shift: bias.map((value, c) => value - mean[c] * scale[c]) }
}

/** nn.ConvTranspose1d, nn.ConvTranspose2d: a convolution of the pixels, spread apart. @type {Make} */
function convTranspose(layer, [from], tensor, room) {
  const [kernel, stride, padding] = plane(layer.settings)
  const [fanIn, ...extents] = picture(from)
  const [fanOut, ...sides] = picture(layer.shape)
  const border = kernel.map((length, i) => length - 1 - padding[i])
  const smallest = sides.map((_, i) => (extents[i] - 1) * stride[i] + kernel[i] - 2 * padding[i])
  if (!sides.every((side, i) => border[i] >= 0 && side >= smallest[i] && side < smallest[i] + stride[i])) {
    throw new Error("it makes another size, or is padded by more than its kernel")
  }
  const weight = tensor("weight", [fanIn, fanOut, ...layer.settings.kernel])
  const taps = size(kernel)
  const turned = new Float32Array(weight.length) // (fanOut, fanIn, kernel), its taps from the last to the first
  for (let i = 0; i < fanIn; i++) {
    for (let o = 0; o < fanOut; o++) {
      for (let tap = 0; tap < taps; tap++) {
        turned[(o * fanIn + i) * taps + tap] = weight[(i * fanOut + o) * taps + taps - 1 - tap]
      }
    }
  }
  const wide = [fanIn, ...sides.map((side, i) => side + kernel[i] - 1)]
  const apart = spread([fanIn, ...extents], wide, stride, border)
  const bias = tensor("bias", [fanOut], 0)
  const convolve = convolution(room, turned, bias, wide, { kernel, stride: [1, 1], padding: [0, 0] })
  return (x) => convolve(apart(x))
}

/**
 * A layer without weights that acts on each number, or on those at one place of several values.
 * @param {(settings: Object<string, any>) => (out: Float32Array, ...values: any[]) => Float32Array} make
 * @returns {Make}
 */
function elementwise(make) {
  return ({ shape, settings }, from) => {
    for (const given of from) expect(shape, given)
    const apply = make(settings)
    const out = new Float32Array(size(shape))
    return (x, y, z) => inherit(apply(out, x, y, z), x)
  }
}

/** x above zero, slope * x below: without a branch, which no processor foresees here and which costs four times as much. */
function leaky(slope) {
  const [even, odd] = [(1 - slope) / 2, (1 + slope) / 2]
  return (out, x) => {
    for (let i = 0; i < x.length; i++) out[i] = even * Math.abs(x[i]) + odd * x[i]
    return out
  }
}

function softmaxInto(out, x) {
  const highest = Math.max(...x)
  let total = 0
  for (let i = 0; i < x.length; i++) total += out[i] = Math.exp(x[i] - highest)
  for (let i = 0; i < x.length; i++) out[i] /= total
  return out
}
