// The bodies that families share: the same functions as in aecore/models/blocks.py, in the same order.

import {
  conv2d,
  flatten,
  identity,
  linear,
  pixelShuffle,
  pixelUnshuffle,
  prefixed,
  relu,
  residual,
  sequential,
  tanh,
  unflatten,
  upsampledConv2d,
  within,
} from "./layers.js"

export const ACTIVATIONS = { identity, relu, tanh } // blocks.ACTIVATIONS

const prod = (numbers) => numbers.reduce((a, b) => a * b, 1)
const pairwise = (numbers) => numbers.slice(1).map((number, i) => [numbers[i], number])

/** blocks.mlp_encoder: shape -> (features). */
function mlpEncoder(shape, widths, _blocks, features) {
  const sizes = [prod(shape), ...widths]
  const hidden = pairwise(sizes).flatMap(([fanIn, fanOut]) => [linear(fanIn, fanOut), relu()])
  return sequential(flatten(), ...hidden, linear(sizes.at(-1), features))
}

/** blocks.mlp_decoder: (features) -> shape. */
function mlpDecoder(shape, widths, _blocks, features) {
  const sizes = [features, ...widths.toReversed()]
  const hidden = pairwise(sizes).flatMap(([fanIn, fanOut]) => [linear(fanIn, fanOut), relu()])
  return sequential(...hidden, linear(sizes.at(-1), prod(shape)), unflatten(shape))
}

/** blocks.conv_encoder: shape -> (features). */
function convEncoder(shape, widths, blocks, features) {
  const [height, width] = grid(shape, widths)
  const last = linear(widths.at(-1) * height * width, features)
  return sequential(...down(shape[0], widths, blocks), relu(), flatten(), last)
}

/** blocks.conv_decoder: (features) -> shape. */
function convDecoder(shape, widths, blocks, features) {
  const [height, width] = grid(shape, widths)
  const smallest = [widths.at(-1), height, width]
  return sequential(linear(features, prod(smallest)), unflatten(smallest), ...up(shape[0], widths, blocks))
}

/** blocks.down: (channels, H, W) -> (widths.at(-1), H / 2^stages, W / 2^stages). */
export function down(channels, widths, blocks) {
  return widths.flatMap((fanOut, stage) => [
    ...(stage ? [relu()] : []),
    conv2d(stage ? widths[stage - 1] : channels, fanOut, { stride: 2 }),
    ...Array.from({ length: blocks }, () => residual(fanOut)),
  ])
}

/** blocks.up: the mirror of `down`. */
export function up(channels, widths, blocks) {
  const narrowing = widths.toReversed()
  return narrowing.flatMap((fanIn, stage) => [
    ...Array.from({ length: blocks }, () => residual(fanIn)),
    relu(),
    identity(), // nn.Upsample's place in the sequence; the convolution does its work
    upsampledConv2d(fanIn, narrowing[stage + 1] ?? channels),
  ])
}

/** blocks.UNet: (channelsIn, H, W) -> (channelsOut, H, W). */
export function unet(channelsIn, channelsOut, widths, blocks) {
  const residuals = (width) => sequential(...Array.from({ length: blocks }, () => residual(width)))
  const pairs = pairwise(widths)
  const layers = {
    enter: sequential(pixelUnshuffle(), conv2d(4 * channelsIn, widths[0])),
    ...numbered("before", widths.map(residuals)),
    ...numbered(
      "shrink",
      pairs.map(([a, b]) => conv2d(a, b, { stride: 2 })),
    ),
    ...numbered(
      "grow",
      pairs.map(([a, b]) => upsampledConv2d(b, a)),
    ),
    ...numbered(
      "after",
      pairs.map(([a]) => residuals(a)),
    ),
    leave: sequential(relu(), conv2d(widths[0], 4 * channelsOut), pixelShuffle()),
  }
  return {
    tensors: Object.assign({}, ...Object.entries(layers).map(([name, layer]) => prefixed(name, layer.tensors))),
    make(tensors, shape) {
      const step = (name, shape) => layers[name].make(within(name, tensors), shape)
      const positive = (name, shape) => {
        const [first, second] = [relu().make({}, shape), step(name, shape)]
        return { shape: second.shape, run: (x) => second.run(first.run(x)) }
      }
      const enter = step("enter", shape)
      const top = step("before.0", enter.shape)
      const leave = step("leave", top.shape)
      let deepest = top.shape
      const scales = pairs.map((_, i) => {
        const shrink = positive(`shrink.${i}`, deepest)
        const before = step(`before.${i + 1}`, shrink.shape)
        const grow = positive(`grow.${i}`, shrink.shape)
        const after = step(`after.${i}`, deepest)
        const sum = new Float32Array(prod(deepest))
        deepest = shrink.shape
        const up = (h, skip) => {
          const grown = grow.run(h)
          for (let j = 0; j < sum.length; j++) sum[j] = grown[j] + skip[j]
          return after.run(sum)
        }
        return { down: (h) => before.run(shrink.run(h)), up }
      })
      const run = (x) => {
        let h = top.run(enter.run(x))
        const skips = []
        for (const { down } of scales) {
          skips.push(h)
          h = down(h)
        }
        for (const { up } of scales.toReversed()) h = up(h, skips.pop())
        return leave.run(h)
      }
      return { shape: leave.shape, run }
    },
  }
}

/** nn.ModuleList: ("grow", [a, b]) -> { "grow.0": a, "grow.1": b }. */
const numbered = (name, layers) => Object.fromEntries(layers.map((layer, i) => [`${name}.${i}`, layer]))

/** blocks.grid: height and width of the smallest stage. */
export function grid([, height, width], widths) {
  const step = 2 ** widths.length
  return [height / step, width / step]
}

export const ENCODERS = { mlp: mlpEncoder, conv: convEncoder } // blocks.ENCODERS
export const DECODERS = { mlp: mlpDecoder, conv: convDecoder } // blocks.DECODERS
