// The layers of our networks for one picture at a time, in float32, as plain loops over typed arrays.
//
// Inside a network a picture lies channels last: x[(row * width + column) * channels + channel], so that what a
// convolution reads and writes is contiguous. Weights come in PyTorch's order and are laid out anew once, at loading.
// Each step owns the buffer that it returns and overwrites it on the next call: running a network allocates nothing.
// Sums are double precision (JavaScript's numbers), stored as float32.

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

/** The reverse, of one part among others: within("conv1", {"conv1.weight": t, "conv2.weight": u}) is {weight: t}. */
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
 * @param {{kernel?: number, stride?: number, padding?: number, bias?: boolean}} options
 */
export function conv2d(fanIn, fanOut, { kernel = 3, stride = 1, padding = (kernel - 1) / 2, bias = true } = {}) {
  const tensors = { weight: [fanOut, fanIn, kernel, kernel], ...(bias && { bias: [fanOut] }) }
  return {
    tensors,
    make({ weight, bias }, [, height, width]) {
      const length = (extent) => Math.floor((extent + 2 * padding - kernel) / stride) + 1
      const shape = [fanOut, length(height), length(width)]
      const line = (width + 2 * padding) * fanIn // numbers in a row of the padded picture
      const padded = new Float32Array((height + 2 * padding) * line) // its border stays zero
      const corners = Int32Array.from({ length: shape[1] * shape[2] }, (_, i) => {
        const [y, x] = [Math.floor(i / shape[2]), i % shape[2]] // where the kernel's corner lies for each output pixel
        return y * stride * line + x * stride * fanIn
      })
      const weights = blocksOfFour(weight, fanOut, fanIn, kernel)
      const biases = new Float32Array(Math.ceil(fanOut / 4) * 4)
      if (bias) biases.set(bias)
      const out = new Float32Array(size(shape))
      const geometry = { fanIn, fanOut, kernel, line, corners }
      return {
        shape,
        run(x) {
          for (let row = 0; row < height; row++) {
            const own = x.subarray(row * width * fanIn, (row + 1) * width * fanIn)
            padded.set(own, (row + padding) * line + padding * fanIn)
          }
          return convolve(out, padded, weights, biases, geometry)
        },
        /** Multiplies each output channel and adds to it, once and for all: for a batch normalisation behind. */
        fold(scale, shift) {
          const each = weights.length / biases.length // weights a channel
          for (let o = 0; o < fanOut; o++) {
            const first = (o - (o % 4)) * each + (o % 4)
            for (let i = 0; i < each; i++) weights[first + 4 * i] *= scale[o]
            biases[o] = biases[o] * scale[o] + shift[o]
          }
        },
      }
    },
  }
}

/** (fanOut, fanIn, k, k) -> (fanOut / 4, k, k, fanIn, 4), filled up with zero channels: see `convolve`. */
function blocksOfFour(weight, fanOut, fanIn, kernel) {
  const taps = kernel * kernel
  const blocks = new Float32Array(Math.ceil(fanOut / 4) * taps * fanIn * 4)
  for (let o = 0; o < fanOut; o++) {
    const block = Math.floor(o / 4) * taps * fanIn * 4 + (o % 4)
    for (let i = 0; i < fanIn; i++) {
      for (let tap = 0; tap < taps; tap++) blocks[block + (tap * fanIn + i) * 4] = weight[(o * fanIn + i) * taps + tap]
    }
  }
  return blocks
}

// Four channels of two pixels at a time: eight sums that stay in registers, six loads for eight products. A row of the
// kernel is one contiguous run over its columns and input channels, in the picture as in the weights. If the number of
// pixels is odd, the last one is computed twice, which is simpler than a second loop.
function convolve(out, padded, weights, biases, { fanIn, fanOut, kernel, line, corners }) {
  const run = kernel * fanIn
  const last = corners.length - 1
  for (let o = 0; o < fanOut; o += 4) {
    const [b0, b1, b2, b3] = biases.subarray(o, o + 4)
    for (let one = 0; one <= last; one += 2) {
      const two = Math.min(one + 1, last)
      let p0 = b0, p1 = b1, p2 = b2, p3 = b3
      let q0 = b0, q1 = b1, q2 = b2, q3 = b3
      let w = o * kernel * run
      for (let row = 0; row < kernel; row++) {
        let p = corners[one] + row * line
        let q = corners[two] + row * line
        for (const end = w + 4 * run; w < end; w += 4, p++, q++) {
          const w0 = weights[w], w1 = weights[w + 1], w2 = weights[w + 2], w3 = weights[w + 3]
          const x = padded[p], y = padded[q]
          p0 += x * w0
          p1 += x * w1
          p2 += x * w2
          p3 += x * w3
          q0 += y * w0
          q1 += y * w1
          q2 += y * w2
          q3 += y * w3
        }
      }
      store(out, one * fanOut + o, fanOut - o, p0, p1, p2, p3)
      store(out, two * fanOut + o, fanOut - o, q0, q1, q2, q3)
    }
  }
  return out
}

function store(out, at, channels, a, b, c, d) {
  out[at] = a
  if (channels > 1) out[at + 1] = b
  if (channels > 2) out[at + 2] = c
  if (channels > 3) out[at + 3] = d
}

/** nn.BatchNorm2d in eval mode, folded into the convolution before it. */
export function batchNorm(channels, eps = 1e-5) {
  const each = [channels]
  return {
    tensors: { weight: each, bias: each, running_mean: each, running_var: each, num_batches_tracked: [] },
    make({ weight, bias, running_mean: mean, running_var: variance }, shape, previous) {
      const scale = weight.map((value, c) => value / Math.sqrt(variance[c] + eps))
      previous.fold(scale, bias.map((value, c) => value - mean[c] * scale[c]))
      return null
    },
  }
}

/** A layer without weights that acts on each number alone; nn.ReLU, nn.Tanh, nn.Identity below. */
function elementwise(apply) {
  return {
    tensors: {},
    make(tensors, shape) {
      const out = new Float32Array(size(shape))
      return { shape, run: (x) => apply(out, x) }
    },
  }
}

export const relu = () => elementwise(reluInto)
export const identity = () => ({ tensors: {}, make: (tensors, shape) => ({ shape, run: (x) => x }) })
export const tanh = () => elementwise((out, x) => {
  for (let i = 0; i < x.length; i++) out[i] = Math.tanh(x[i])
  return out
})

function reluInto(out, x) {
  for (let i = 0; i < x.length; i++) out[i] = x[i] > 0 ? x[i] : 0
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

/** nn.Upsample(scale_factor=2, mode="nearest"): (C, H, W) -> (C, 2H, 2W). */
export function upsample() {
  return {
    tensors: {},
    make(tensors, [channels, height, width]) {
      const shape = [channels, 2 * height, 2 * width]
      const out = new Float32Array(size(shape))
      const line = 2 * width * channels
      const run = (x) => {
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const from = (row * width + column) * channels
            const to = 2 * row * line + 2 * column * channels
            for (let c = 0; c < channels; c++) out[to + c] = out[to + channels + c] = x[from + c]
          }
          out.copyWithin((2 * row + 1) * line, 2 * row * line, (2 * row + 1) * line)
        }
        return out
      }
      return { shape, run }
    },
  }
}

/** nn.Flatten: (C, H, W) -> (C * H * W), back in PyTorch's order, channels first. */
export function flatten() {
  return {
    tensors: {},
    make(tensors, shape) {
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
