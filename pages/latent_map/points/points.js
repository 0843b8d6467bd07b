// Where the maps and the digits of a page wait for those who draw them: like the networks in store.js, on one global.

const MAPS = Symbol.for("autoencoder-lab.maps")
globalThis[MAPS] ??= new Map()
const places = globalThis[MAPS] // id -> { promise, resolve, here }

/**
 * Points of one map.
 * @typedef {object} Points
 * @property {string} id
 * @property {Float32Array} xy     (2 n) coordinates in turn
 * @property {Uint8Array} label    (n) class of each
 * @property {Uint16Array} digit   (n) which test digit it is
 * @property {Int16Array} row      (10000) the reverse: test digit -> place in this map, -1 if it is not there
 * @property {?{mean: Float32Array, components: Float32Array}} linear  of linear maps: (D) and (2 D), for new digits
 */

/** @returns {Promise<Points>} the points of a map, as soon as they are there */
export const pointsOf = (id) => place(id).promise

/** Puts points, or the digits' pixels, where those who wait find them. */
export function settle(id, value) {
  place(id).here = true
  place(id).resolve(value)
}

/** Tells the panels that show a map that its points have moved. */
export function announce(points) {
  place(points.id).promise = Promise.resolve(points) // for panels to come
  document.dispatchEvent(new CustomEvent("map:points", { detail: points }))
}

/** Whether something of this id is there. */
export const settled = (id) => place(id).here

/** @returns {Promise<Uint8Array>} pixels of the 10,000 test digits, 784 bytes each, 255 on ink */
export const digitsOf = (sha256) => place(`digits ${sha256}`).promise

function place(id) {
  if (!places.has(id)) {
    const made = { here: false }
    made.promise = new Promise((resolve) => (made.resolve = resolve))
    places.set(id, made)
  }
  return places.get(id)
}

/**
 * Reads the message of pages/latent_map/points/__init__.py `message`: length of the header (uint32), header (JSON), then
 * x and y (uint16, from `low` to `high`), digit (uint16), of linear maps mean and components (float32), label (uint8).
 * @param {Uint8Array} bytes
 * @returns {Points}
 */
export function readPoints(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const { id, n, low, high, features } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  let at = 4 + length
  const read = (Type, count) => {
    const part = bytes.slice(at, at + count * Type.BYTES_PER_ELEMENT) // a copy: views must be aligned
    at += part.length
    return new Type(part.buffer)
  }
  const steps = read(Uint16Array, 2 * n)
  const xy = Float32Array.from(steps, (step, i) => low[i % 2] + (step / 65535) * (high[i % 2] - low[i % 2]))
  const digit = read(Uint16Array, n)
  const linear = features ? { mean: read(Float32Array, features), components: read(Float32Array, 2 * features) } : null
  const label = read(Uint8Array, n)
  const row = new Int16Array(10000).fill(-1)
  digit.forEach((number, i) => (row[number] = i))
  return { id, xy, digit, label, row, linear }
}
