// The bodies that families share: the same functions as in aecore/models/blocks.py, in the same order.

import { conv2d, flatten, identity, linear, relu, residual, sequential, tanh, unflatten, upsampledConv2d } from "./layers.js"

export const ACTIVATIONS = { identity, relu, tanh } // blocks.ACTIVATIONS

const prod = (numbers) => numbers.reduce((a, b) => a * b, 1)
const pairwise = (numbers) => numbers.slice(1).map((number, i) => [numbers[i], number])

/** blocks.mlp_encoder: shape -> (features). */
function mlpEncoder(shape, widths, blocks, features) {
  const sizes = [prod(shape), ...widths]
  const hidden = pairwise(sizes).flatMap(([fanIn, fanOut]) => [linear(fanIn, fanOut), relu()])
  return sequential(flatten(), ...hidden, linear(sizes.at(-1), features))
}

/** blocks.mlp_decoder: (features) -> shape. */
function mlpDecoder(shape, widths, blocks, features) {
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

/** blocks.grid: height and width of the smallest stage. */
export function grid([, height, width], widths) {
  const step = 2 ** widths.length
  return [height / step, width / step]
}

export const ENCODERS = { mlp: mlpEncoder, conv: convEncoder } // blocks.ENCODERS
export const DECODERS = { mlp: mlpDecoder, conv: convDecoder } // blocks.DECODERS
