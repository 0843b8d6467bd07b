// A trained network that runs in the browser: one function a family, each the mirror of a class in aecore/models.
//
//   const network = await loadNetwork(buffer)            // of a .safetensors file
//   const z = network.encode(x, y)                       // Float32Array of 784 in [0, 1], ink 1 -> latentDim numbers
//   const recon = network.decode(z, y)                   // back; y: the class, for conditional networks only
//
// What these return is the caller's to keep. The architecture comes from the card's config alone, and the file must
// hold exactly the tensors that it asks for.

import { ACTIVATIONS, DECODERS, down, ENCODERS, grid, unet, up } from "./bodies.js"
import { batchNorm, conv2d, flatten, linear, prefixed, relu, sequential, unflatten, within } from "./layers.js"
import { CheckpointError, readCheckpoint } from "./safetensors.js"

/**
 * What a page may ask of a network. x: (784), z: (latentDim), recon: (784) Float32Arrays, y: the class, 0 to 9.
 * @typedef {object} Network
 * @property {any} card  as aecore.checkpoints.Card
 * @property {number} latentDim
 * @property {boolean} takesLabel  it needs y
 * @property {(x, y?) => Float32Array} encode  z; for variational families the posterior's mean
 * @property {(z, y?) => Float32Array} decode  recon in [0, 1]
 * @property {(x, y?) => Float32Array} forward  recon of x
 * @property {(x, y?) => {mu: Float32Array, logvar: Float32Array}} [posterior]  of variational families
 * An upscaler has forward alone. The judge has instead: features(x) -> (128), forward(x) -> (10) logits, classify(x) -> (10) probabilities.
 */

/**
 * Makes a network of a checkpoint.
 * @param {ArrayBuffer} buffer  the .safetensors file
 * @returns {Promise<Network>}
 * @throws {CheckpointError} the file is damaged, or not of a family and config that we know
 */
export async function loadNetwork(buffer) {
  const { card, shapes, tensors } = await readCheckpoint(buffer)
  const family = plan(card)
  const ofParts = Object.entries(family.parts).map(([part, [layer]]) => prefixed(part, layer.tensors))
  const spell = (shapes) =>
    Object.entries(shapes)
      .map(([name, shape]) => `${name} ${shape}`)
      .sort()
      .join()
  if (spell(Object.assign({}, ...ofParts)) !== spell(shapes)) {
    throw new CheckpointError(`${card.name} does not hold the tensors of its ${card.family}`)
  }
  const parts = Object.entries(family.parts).map(([part, [layer, shape]]) => {
    return [part, inTorchOrder(layer, shape, within(part, tensors))]
  })
  return { card, ...family.methods(Object.fromEntries(parts)) }
}

function plan({ name, family, config }) {
  if (!Object.hasOwn(FAMILIES, family)) {
    throw new CheckpointError(`${name} is of family '${family}', which does not run here`)
  }
  try {
    return FAMILIES[family](config)
  } catch (error) {
    throw new CheckpointError(
      `${name} describes a network that cannot be built (${/** @type {Error} */ (error).message})`,
    )
  }
}

/** A part that takes and gives numbers in PyTorch's order, while pictures lie channels last inside. */
function inTorchOrder(layer, shape, tensors) {
  const enter = shape.length === 3 ? unflatten(shape).make() : null
  const step = layer.make(tensors, shape)
  const leave = step.shape.length === 3 ? flatten().make({}, step.shape) : null
  return (x) => {
    const out = step.run(enter ? enter.run(x) : x)
    return leave ? leave.run(out).slice() : out.slice() // the step's own buffer changes with its next run
  }
}

// Each family returns
//   parts: name in the state_dict -> [its layer, the shape of what goes in];
//   methods: from these parts, loaded, to what the network offers.
const FAMILIES = { autoencoder, denoiser, vae, cvae, upscaler, judge } // aecore.models.FAMILIES

/** models.autoencoder.Autoencoder. */
function autoencoder({ image_shape: shape, latent_dim: latentDim, body, widths, blocks, code, output }) {
  const encoder = ENCODERS[body](shape, widths, blocks, latentDim)
  const decoder = DECODERS[body](shape, widths, blocks, latentDim)
  const { toRange, fromRange } = OUTPUTS[output]
  return {
    parts: { encoder: [encoder, shape], decoder: [decoder, [latentDim]], code: [ACTIVATIONS[code](), [latentDim]] },
    methods({ encoder, decoder, code }) {
      const encode = (x) => code(encoder(toRange(x)))
      const decode = (z) => fromRange(decoder(z))
      return { latentDim, takesLabel: false, encode, decode, forward: (x) => decode(encode(x)) }
    },
  }
}

/** models.denoiser.Denoiser; its code is the smallest feature maps. */
function denoiser({ image_shape: shape, widths, blocks }) {
  const codeShape = [widths.at(-1), ...grid(shape, widths)]
  const latentDim = codeShape[0] * codeShape[1] * codeShape[2]
  const encoder = sequential(...down(shape[0], widths, blocks))
  const decoder = sequential(...up(shape[0], widths, blocks))
  return {
    parts: { encoder: [encoder, shape], decoder: [decoder, codeShape] },
    methods({ encoder, decoder }) {
      const encode = (x) => encoder(x.map((value) => value - 0.5))
      const decode = (z) => decoder(z).map(clamp)
      return { latentDim, takesLabel: false, encode, decode, forward: (x) => decode(encode(x)) }
    },
  }
}

/** models.vae.VAE. */
function vae({ image_shape: shape, latent_dim: latentDim, body, widths, blocks }) {
  const encoder = ENCODERS[body](shape, widths, blocks, 2 * latentDim)
  const decoder = DECODERS[body](shape, widths, blocks, latentDim)
  return {
    parts: { encoder: [encoder, shape], decoder: [decoder, [latentDim]] },
    methods({ encoder, decoder }) {
      const posterior = (x) => meanAndLogvar(encoder(x))
      const encode = (x) => posterior(x).mu
      const decode = (z) => decoder(z).map(sigmoid)
      return { latentDim, takesLabel: false, posterior, encode, decode, forward: (x) => decode(encode(x)) }
    },
  }
}

/** models.cvae.CVAE. */
function cvae({ image_shape: shape, classes, latent_dim: latentDim, body, widths, blocks }) {
  const [channels, height, width] = shape
  const joined = [channels + classes, height, width]
  const encoder = ENCODERS[body](joined, widths, blocks, 2 * latentDim)
  const decoder = DECODERS[body](shape, widths, blocks, latentDim + classes)
  return {
    parts: { encoder: [encoder, joined], decoder: [decoder, [latentDim + classes]] },
    methods({ encoder, decoder }) {
      const posterior = (x, y) => meanAndLogvar(encoder(join(x, y, classes, height * width)))
      const encode = (x, y) => posterior(x, y).mu
      const decode = (z, y) => decoder(join(z, y, classes, 1)).map(sigmoid)
      return { latentDim, takesLabel: true, posterior, encode, decode, forward: (x, y) => decode(encode(x, y), y) }
    },
  }
}

/** models.upscaler.Upscaler; what goes in has full size already, each coarse pixel a square. */
function upscaler({ image_shape: shape, widths, blocks }) {
  return {
    parts: { body: [unet(shape[0], shape[0], widths, blocks), shape] },
    methods({ body }) {
      const forward = (cells) => {
        const added = body(cells.map((value) => value - 0.5))
        return cells.map((value, i) => clamp(value + added[i]))
      }
      return { takesLabel: false, forward }
    },
  }
}

/** models.judge.Judge. */
function judge({ image_shape: shape, classes, widths: [a, b], features: width }) {
  const conv = (fanIn, fanOut, stride = 1) => [
    conv2d(fanIn, fanOut, { stride, bias: false }),
    batchNorm(fanOut),
    relu(),
  ]
  const flat = b * Math.floor(shape[1] / 4) * Math.floor(shape[2] / 4)
  const body = sequential(
    ...conv(shape[0], a, 2),
    ...conv(a, a),
    ...conv(a, b, 2),
    ...conv(b, b),
    ...conv(b, b),
    flatten(),
    linear(flat, width),
    relu(),
  )
  return {
    parts: { body: [body, shape], head: [linear(width, classes), [width]] },
    methods({ body, head }) {
      const forward = (x) => head(body(x))
      return { takesLabel: false, features: body, forward, classify: (x) => softmax(forward(x)) }
    },
  }
}

/** autoencoder.OUTPUTS with `_to_range` and `_from_range`: the pixels that a model computes with, and back. */
const OUTPUTS = {
  sigmoid: { toRange: (x) => x, fromRange: (t) => t.map(sigmoid) },
  tanh: { toRange: (x) => x.map((value) => 2 * value - 1), fromRange: (t) => t.map((v) => (Math.tanh(v) + 1) / 2) },
  linear: { toRange: (x) => x, fromRange: (t) => t.map(clamp) },
}

const sigmoid = (value) => 1 / (1 + Math.exp(-value))
const clamp = (value) => Math.min(Math.max(value, 0), 1)

/** (2 * latentDim) -> the posterior's mu and logvar, bounded as in VAE.posterior. */
function meanAndLogvar(both) {
  const half = both.length / 2
  return { mu: both.slice(0, half), logvar: both.slice(half).map((value) => Math.min(Math.max(value, -12), 12)) }
}

/** blocks.one_hot_planes, or for `pixels` = 1 F.one_hot: values followed by `classes` planes, the y-th of them ones. */
function join(values, y, classes, pixels) {
  if (!(Number.isInteger(y) && y >= 0 && y < classes)) throw new RangeError("a conditional network needs y, the class")
  const joined = new Float32Array(values.length + classes * pixels)
  joined.set(values)
  const plane = values.length + y * pixels
  return joined.fill(1, plane, plane + pixels)
}

function softmax(logits) {
  const highest = Math.max(...logits)
  const powers = logits.map((value) => Math.exp(value - highest))
  const total = powers.reduce((a, b) => a + b)
  return powers.map((value) => value / total)
}
