// The layers of our networks for one picture at a time, in float32, as plain loops over typed arrays.
//
// Inside a network a picture lies channels last: x[(row * width + column) * channels + channel], so that what a
// convolution reads and writes is contiguous. Weights come in PyTorch's order and are laid out anew once, at loading.
// Each step owns the buffer that it returns and overwrites it on the next call: running a network allocates nothing.
// Sums are double precision (JavaScript's numbers), stored as float32. Where the time goes is convolution.js.

import { convolution, convolution3x3 } from "./convolution.js"

/**
 * A layer before its weights are there, like an nn.Module on the "meta" device.
 * @typedef {object} Layer
 * @property {Object<string, number[]>} tensors  the keys of its state_dict, with their shapes
 * @property {(tensors: Object<string, Float32Array>, shape: number[], previous?: Step) => ?Step} make
 *   builds the step for inputs of a shape, [features] or [channels, height, width]
 */

/**
 * A layer with its weights.
 * @typedef {object} Step
 * @property {number[]} shape  of its output
 * @property {(x: Float32Array) => Float32Array} run
 */

const size = (shape) => shape.reduce((a, b) => a * b, 1)

/** nn.Sequential: layers one after the other, their tensors named by position. */
export function sequential(...layers) {
  return {
    tensors: Object.assign({}, ...layers.map(({ tensors }, i) => prefixed(i, tensors))),
    make(tensors, shape) {
      const steps = []
      layers.forEach((layer, i) => {
        const step = layer.make(within(i, tensors), shape, steps.at(-1))
        if (!step) return // folded into the previous one
        steps.push(step)
        shape = step.shape
      })
      return { shape, run: (x) => steps.reduce((value, step) => step.run(value), x) }
    },
  }
}

/** The tensors of a part as the whole names them: prefixed("conv1", {weight: t}) is {"conv1.weight": t}. */
export function prefixed(part, tensors) {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${part}.${name}`, tensor]))
}

/** The reverse, of one part among others: within("conv1", {"conv1.weight": t, "conv2.weight": u}) is {weight: t}.
 * @returns {any} */
export function within(part, tensors) {
  const prefix = `${part}.`
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}

/** nn.Linear: (fanIn) -> (fanOut). */
export function linear(fanIn, fanOut) {
  return {
    tensors: { weight: [fanOut, fanIn], bias: [fanOut] },
    make({ weight, bias }) {
      const columns = new Float32Array(weight.length) // (fanIn, fanOut): the outputs of one input are contiguous
      for (let o = 0; o < fanOut; o++) for (let i = 0; i < fanIn; i++) columns[i * fanOut + o] = weight[o * fanIn + i]
      const out = new Float32Array(fanOut)
      return { shape: [fanOut], run: (x) => linearInto(out, x, columns, bias) }
    },
  }
}

function linearInto(out, x, columns, bias) {
  const n = out.length
  out.set(bias)
  for (let i = 0, w = 0; i < x.length; i++, w += n) {
    const value = x[i]
    if (value === 0) continue // most pixels, and half of what a ReLU lets through
    for (let o = 0; o < n; o++) out[o] += value * columns[w + o]
  }
  return out
}

/**
 * nn.Conv2d with a square, odd kernel: (fanIn, H, W) -> (fanOut, H', W').
 * @param {number} fanIn
 * @param {number} fanOut
 * @param {{kernel?: number, stride?: number, padding?: number, bias?: boolean}} [options]
 */
export function conv2d(fanIn, fanOut, { kernel = 3, stride = 1, padding = (kernel - 1) >> 1, bias = true } = {}) {
  const tensors = { weight: [fanOut, fanIn, kernel, kernel], ...(bias && { bias: [fanOut] }) }
  const plain = kernel === 3 && stride === 1 && padding === 1
  return {
    tensors,
    make({ weight, bias = new Float32Array(fanOut) }, shape) {
      const length = (extent) => Math.floor((extent + 2 * padding - kernel) / stride) + 1
      const make = (weight, bias) => {
        if (plain) return convolution3x3(weight, bias, shape, false)
        return convolution(weight, bias, shape, { kernel, stride, padding })
      }
      return {
        shape: [fanOut, length(shape[1]), length(shape[2])],
        run: make(weight, bias),
        /** Multiplies each output channel and adds to it, once and for all: for a batch normalisation behind. */
        fold(scale, shift) {
          const each = fanIn * kernel * kernel // weights a channel
          const scaled = weight.map((value, i) => value * scale[Math.floor(i / each)])
          this.run = make(
            scaled,
            bias.map((value, o) => value * scale[o] + shift[o]),
          )
        },
      }
    },
  }
}

/** nn.Upsample(scale_factor=2, mode="nearest") and nn.Conv2d(fanIn, fanOut, 3, padding=1): H, W -> 2 H, 2 W. */
export function upsampledConv2d(fanIn, fanOut) {
  return {
    tensors: { weight: [fanOut, fanIn, 3, 3], bias: [fanOut] },
    make({ weight, bias }, shape) {
      return { shape: [fanOut, 2 * shape[1], 2 * shape[2]], run: convolution3x3(weight, bias, shape, true) }
    },
  }
}

/** nn.BatchNorm2d in eval mode, folded into the convolution before it. */
export function batchNorm(channels, eps = 1e-5) {
  const each = [channels]
  return {
    tensors: { weight: each, bias: each, running_mean: each, running_var: each, num_batches_tracked: [] },
    make({ weight, bias, running_mean: mean, running_var: variance }, _shape, previous) {
      const scale = weight.map((value, c) => value / Math.sqrt(variance[c] + eps))
      previous.fold(
        scale,
        bias.map((value, c) => value - mean[c] * scale[c]),
      )
      return null
    },
  }
}

/** A layer without weights that acts on each number alone; nn.ReLU, nn.Tanh, nn.Identity below. */
function elementwise(apply) {
  return {
    tensors: {},
    make(_tensors, shape) {
      const out = new Float32Array(size(shape))
      return { shape, run: (x) => apply(out, x) }
    },
  }
}

export const relu = () => elementwise(reluInto)
export const identity = () => ({ tensors: {}, make: (_tensors, shape) => ({ shape, run: (x) => x }) })
export const tanh = () =>
  elementwise((out, x) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.tanh(x[i])
    return out
  })

function reluInto(out, x) {
  for (let i = 0; i < x.length; i++) out[i] = Math.max(x[i], 0)
  return out
}

/** blocks.Residual: x + conv2(relu(conv1(relu(x)))). */
export function residual(channels) {
  const conv = conv2d(channels, channels)
  return {
    tensors: { ...prefixed("conv1", conv.tensors), ...prefixed("conv2", conv.tensors) },
    make(tensors, shape) {
      const first = conv.make(within("conv1", tensors), shape)
      const second = conv.make(within("conv2", tensors), shape)
      const positive = new Float32Array(size(shape))
      const out = new Float32Array(size(shape))
      const run = (x) => {
        const change = second.run(reluInto(positive, first.run(reluInto(positive, x))))
        for (let i = 0; i < x.length; i++) out[i] = x[i] + change[i]
        return out
      }
      return { shape, run }
    },
  }
}

/** nn.PixelUnshuffle(2): (C, H, W) -> (4 C, H / 2, W / 2); squares of four pixels become channels. */
export function pixelUnshuffle() {
  return {
    tensors: {},
    make(_tensors, [channels, height, width]) {
      const shape = [4 * channels, height / 2, width / 2]
      const out = new Float32Array(size(shape))
      const run = (x) => {
        eachSquare(channels, shape[1], shape[2], (small, large) => (out[small] = x[large]))
        return out
      }
      return { shape, run }
    },
  }
}

/** nn.PixelShuffle(2): the way back, (4 C, H, W) -> (C, 2 H, 2 W). */
export function pixelShuffle() {
  return {
    tensors: {},
    make(_tensors, [channels, height, width]) {
      const shape = [channels / 4, 2 * height, 2 * width]
      const out = new Float32Array(size(shape))
      const run = (x) => {
        eachSquare(shape[0], height, width, (small, large) => (out[large] = x[small]))
        return out
      }
      return { shape, run }
    },
  }
}

/** Calls with the place of each number in the folded picture, of height x width, and in the unfolded one. */
function eachSquare(channels, height, width, visit) {
  for (let row = 0, small = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let c = 0; c < channels; c++) {
        for (let corner = 0; corner < 4; corner++, small++) {
          const y = 2 * row + (corner >> 1)
          const x = 2 * column + (corner & 1)
          visit(small, (y * 2 * width + x) * channels + c)
        }
      }
    }
  }
}

/** nn.Flatten: (C, H, W) -> (C * H * W), back in PyTorch's order, channels first. */
export function flatten() {
  return {
    tensors: {},
    make(_tensors, shape) {
      const out = new Float32Array(size(shape))
      return { shape: [size(shape)], run: (x) => channelsFirst(out, x, shape) }
    },
  }
}

/** nn.Unflatten(1, shape): (C * H * W) in PyTorch's order -> (C, H, W). */
export function unflatten(shape) {
  return {
    tensors: {},
    make() {
      const out = new Float32Array(size(shape))
      return { shape, run: (x) => channelsLast(out, x, shape) }
    },
  }
}

function channelsFirst(out, x, [channels, height, width]) {
  const pixels = height * width
  for (let c = 0; c < channels; c++) for (let i = 0; i < pixels; i++) out[c * pixels + i] = x[i * channels + c]
  return out
}

function channelsLast(out, x, [channels, height, width]) {
  const pixels = height * width
  for (let c = 0; c < channels; c++) for (let i = 0; i < pixels; i++) out[i * channels + c] = x[c * pixels + i]
  return out
}
