// A trained network that runs in the browser, made of the layers that its card lists (aecore/models/layers.py).
//
//   const network = await loadNetwork(buffer)            // of a .safetensors file
//   const z = network.encode(x, y)                       // x: Float32Array in PyTorch's order, (C, H, W) or (C, L)
//   const recon = network.decode(z, y)                   // y: the class, for conditional networks only
//
// What these return is the caller's to keep. A family needs nothing here; a kind of layer that is new: see layers.js.

import { fuse } from "./fuse.js"
import { LAYERS } from "./layers.js"
import { channelsFirst, channelsLast, size } from "./pixels.js"
import { newRoom } from "./room.js"
import { CheckpointError, readCheckpoint } from "./safetensors.js"

/**
 * What a page may ask of a network: the methods that its card lists, as the model's family has them. x, recon:
 * Float32Arrays of as many numbers as the card's config.image_shape says; z: of latent_dim; y: a class, from 0 on; mask:
 * as x, 1 where a pixel is missing.
 * @typedef {object} Network
 * @property {any} card  as aecore.checkpoints.Card
 * @property {(x, y?) => Float32Array} encode  z; for variational families the posterior's mean
 * @property {(z, y?) => Float32Array} decode  recon in [0, 1]
 * @property {(x, y?) => Float32Array} forward  recon of x; of the judge, logits
 * @property {(x, y?) => {mu: Float32Array, logvar: Float32Array}} [posterior]  of variational families
 * @property {(x, mask) => Float32Array} [encode_masked]  where a mask is understood
 * @property {(x, mask) => Float32Array} [forward_masked]
 * @property {(x) => Float32Array} [features]  of the judge, and of what makes bits
 * @property {(x) => Float32Array} [classify]  of the judge: probabilities
 * @property {Object<string, number[]>} shapes  of the checkpoint's tensors
 * @property {(name: string) => Float32Array} tensor  of the checkpoint, in PyTorch's order: to read, never to change
 * @property {{method: string, given: any[]}} [latest]  what ran last, of what was announced: see ran.js
 * @property {(place: number) => any} value  what a layer of the card's list made in the last run that led through it, in
 *   PyTorch's order; of an input, what was given. Read it at once: whoever runs the network next overwrites it.
 */

/**
 * Makes a network of a checkpoint.
 * @param {ArrayBuffer} buffer  the .safetensors file
 * @param {import("./room.js").Room} [room]  where it computes; others may, too
 * @returns {Promise<Network>}
 * @throws {CheckpointError} the file is damaged, or lists layers that we do not have or that do not fit together
 */
export async function loadNetwork(buffer, room = newRoom()) {
  return buildNetwork(await readCheckpoint(buffer), room)
}

/**
 * Makes a network of what a file holds.
 * @param {{card: any, shapes: Object<string, number[]>, tensors: Object<string, Float32Array>}} read  as `readCheckpoint`
 * @param {import("./room.js").Room} [room]
 * @returns {Network}
 * @throws {CheckpointError} it lists layers that we do not have or that do not fit together
 */
export function buildNetwork({ card, shapes, tensors }, room = newRoom()) {
  if (!card.network?.layers?.length) throw new CheckpointError(`${card.name} lists no layers, so it does not run here`)
  try {
    const { layers, methods } = card.network
    const tensorOf = (name, shape) => {
      if (shapes[name]?.join() !== shape.join()) {
        throw new CheckpointError(`${card.name} does not hold the ${name} that its layers ask for`)
      }
      return tensors[name]
    }
    const run = connect(layers, methods, tensorOf, room)
    return /** @type {Network} */ ({ card, shapes, tensor: (name) => tensors[name], ...run })
  } catch (error) {
    if (error instanceof CheckpointError) throw error
    throw new CheckpointError(`${card.name} describes a network that cannot be built (${error})`)
  }
}

/**
 * The methods, each one function a layer, called one after the other; a layer that serves several is made once. And
 * `value`, which reads what a layer made.
 * @param {import("./layers.js").Layer[]} listed
 * @param {Object<string, {takes: number[], gives: Object<string, number>}>} methods
 * @param {(name: string, shape: number[]) => Float32Array} tensorOf
 * @param {import("./room.js").Room} room
 */
function connect(listed, methods, tensorOf, room) {
  const layers = fuse(listed, methods)
  const values = /** @type {any[]} */ (layers.map(() => null)) // what each layer made last, as it lies inside
  const steps = []
  const stepOf = (place) => (steps[place] ??= step(layers, place, values, tensorOf, room))
  const reached = new Set() // places that a run leads through; what was fused with another layer is not among them
  const method = ({ takes, gives }) => {
    const places = needed(layers, takes, Object.values(gives))
    const way = places.map(stepOf)
    for (const place of [...takes, ...places]) reached.add(place)
    const enter = takes.map((place) => entrance(layers[place].shape))
    const results = Object.entries(gives).map(([name, place]) => [name, place, channelsFirst(layers[place].shape)])
    const [[, only, leave]] = results
    return (...given) => {
      takes.forEach((place, i) => (values[place] = enter[i](given[i])))
      for (const run of way) run()
      if (results.length === 1) return leave(values[only]).slice() // the layer overwrites its own with its next run
      return Object.fromEntries(results.map(([name, place, leave]) => [name, leave(values[place]).slice()]))
    }
  }
  const run = Object.fromEntries(Object.entries(methods).map(([name, plan]) => [name, method(plan)]))
  const alone = new Map() // place of a layer that was fused -> what makes its value all the same
  const make = (place) => {
    if (reached.has(place)) return
    for (const before of listed[place].of) make(before)
    if (!alone.has(place)) alone.set(place, step(listed, place, values, tensorOf, room))
    alone.get(place)()
  }
  const value = (place) => {
    make(place)
    if (values[place] === null) throw new RangeError("nothing has run through this layer yet")
    const { shape } = listed[place]
    return shape.length ? channelsFirst(shape)(values[place]).slice() : values[place]
  }
  return { ...run, value }
}

/** Places of the layers that lead from some values to others, in order. */
function needed(layers, takes, gives) {
  const wanted = new Set(gives)
  for (let place = layers.length - 1; place >= 0; place--) {
    if (!wanted.has(place) || takes.includes(place)) continue
    for (const before of layers[place].of) {
      if (!(before >= 0 && before < place)) throw new Error("a layer acts on one that comes later")
      wanted.add(before)
    }
  }
  return [...wanted].filter((place) => !takes.includes(place)).sort((a, b) => a - b)
}

/** Runs one layer: from the values of those before it to its own. */
function step(layers, place, values, tensorOf, room) {
  const layer = layers[place]
  if (!Object.hasOwn(LAYERS, layer.kind)) throw new Error(`nothing here does '${layer.kind}'`)
  const tensor = (role, shape, otherwise) => {
    if (otherwise === undefined || layer.tensors[role]) return tensorOf(layer.tensors[role], shape)
    return new Float32Array(size(shape)).fill(otherwise)
  }
  const from = layer.of.map((before) => layers[before].shape)
  const run = LAYERS[layer.kind](layer, from, tensor, room)
  const [a, b, c] = layer.of
  if (layer.of.length === 1) return () => (values[place] = run(values[a]))
  if (layer.of.length === 2) return () => (values[place] = run(values[a], values[b]))
  if (layer.of.length === 3) return () => (values[place] = run(values[a], values[b], values[c]))
  return () => (values[place] = run(...layer.of.map((before) => values[before])))
}

/** What a caller gives, in PyTorch's order, as it lies inside; a label stays a number. */
function entrance(shape) {
  if (!shape.length) return (label) => label
  const [enter, length] = [channelsLast(shape), size(shape)]
  return (x) => {
    if (x?.length !== length) throw new RangeError(`it takes ${shape.join(" x ")} numbers`)
    return enter(x)
  }
}
