// The trained network as a checkpoint of the lab: what aecore.load takes. The format: ui/live/safetensors.js.

import { LOSSES, PIXELS } from "../trainer/losses.js"

const FORMAT = 1 // aecore.checkpoints.FORMAT

/**
 * A .safetensors file with its card.
 * @param {{ encoder: Float32Array, decoder: Float32Array, recipe: any, steps: number }} kept
 * @param {string} title  of the loss
 * @returns {Promise<Blob>}
 */
export async function checkpoint({ encoder, decoder, recipe, steps }, title) {
  const { latent, width, activation } = recipe
  const { variational, likelihood, rule } = LOSSES[recipe.loss]
  const through = variational ? 2 * latent : latent
  const tensors = {
    ...layers("encoder", [1, 3], encoder, rule ? [PIXELS, width] : [PIXELS, width, through]),
    ...layers("decoder", [0, 2], decoder, rule ? [width, PIXELS] : [latent, width, PIXELS]),
  }
  const names = Object.keys(tensors).sort()
  const entries = {}
  let end = 0
  for (const name of names) {
    const { shape, values } = tensors[name]
    entries[name] = { dtype: "F32", shape, data_offsets: [end, end + values.byteLength] }
    end += values.byteLength
  }
  const shared = rule
    ? { latent_dim: width, widths: [], code: "sigmoid" }
    : { latent_dim: latent, widths: [width], activation }
  const card = {
    name: "my-network",
    title: "Trained in a browser",
    summary: `${shapeOf(recipe)}, ${title}, ${steps.toLocaleString("en")} steps on 10,000 digits.`,
    family: variational ? "vae" : "autoencoder",
    config: variational ? shared : { ...shared, error: likelihood === "gaussian" ? "squared" : "cross-entropy" },
    recipe,
    parameters: encoder.length + decoder.length,
    sha256: await digest(names, tensors),
    format: FORMAT,
  }
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { card: JSON.stringify(card) }, ...entries }))
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(32)
  padded.set(header)
  const length = new DataView(new ArrayBuffer(8))
  length.setBigUint64(0, BigInt(padded.length), true)
  return new Blob([length.buffer, padded, ...names.map((name) => tensors[name].values)])
}

/** As "784-128-16-128-784". */
export function shapeOf({ loss, width, latent }) {
  const inside = LOSSES[loss].rule ? [width] : [width, latent, width]
  return [PIXELS, ...inside, PIXELS].join("-")
}

/** Weights and biases by the names that PyTorch gives them. */
function layers(part, places, weights, sizes) {
  const tensors = {}
  let at = 0
  places.slice(0, sizes.length - 1).forEach((place, i) => {
    const [fanIn, fanOut] = [sizes[i], sizes[i + 1]]
    tensors[`${part}.${place}.weight`] = { shape: [fanOut, fanIn], values: weights.slice(at, at + fanIn * fanOut) }
    at += fanIn * fanOut
    tensors[`${part}.${place}.bias`] = { shape: [fanOut], values: weights.slice(at, at + fanOut) }
    at += fanOut
  })
  return tensors
}

/** As aecore.checkpoints.digest. */
async function digest(names, tensors) {
  const parts = names.flatMap((name) => {
    const { shape, values } = tensors[name]
    const size = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})` // as Python writes a tuple
    return [`${name} torch.float32 ${size}\n`, values]
  })
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer())
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}
