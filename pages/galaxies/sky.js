// All galaxies, fetched once a page and shared by its parts: their pictures, codes, places and scores. Format:
// aecore/galaxies/packed.py.

import { fetchFile } from "../../ui/live/fetch.js"
import { pictureOf } from "../../ui/output/galaxy.js"

export const ACROSS = 128
const SKIES = Symbol.for("autoencoder-lab.galaxies")
globalThis[SKIES] ??= new Map()
const skies = globalThis[SKIES] // address -> promise of a Sky

/**
 * One galaxy of the data.
 * @typedef {object} Galaxy
 * @property {number} id  its place in the file
 * @property {string} name
 * @property {number} kind
 * @property {boolean} test  whether no network has learnt from it
 * @property {boolean} flawed  whether a column of the camera is missing
 * @property {number[]} place  on the map, in [0, 1]
 * @property {number[]} scores
 * @property {Float32Array} code
 */

/** @typedef {import("../../ui/output/picture.js").Picture} Picture */

/** @param {string} address @returns {Promise<Sky>} */
export function skyAt(address) {
  if (!skies.has(address)) {
    const sky = fetchFile(address).then((buffer) => new Sky(buffer))
    skies.set(address, sky)
    sky.catch(() => skies.delete(address))
  }
  return skies.get(address)
}

export class Sky {
  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true)
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)))
    const count = head.galaxies.length
    const codes = floats16(new Uint16Array(buffer, 4 + length, count * head.dim))
    let at = 4 + length + 2 * count * head.dim
    this.files = []
    this.galaxies = head.galaxies.map((galaxy, id) => {
      this.files.push(new Uint8Array(buffer, at, galaxy.bytes))
      at += galaxy.bytes
      return /** @type {Galaxy} */ ({ ...galaxy, id, code: codes.subarray(id * head.dim, (id + 1) * head.dim) })
    })
    this.scores = /** @type {string[]} */ (head.scores)
    this.pictures = new Map() // id -> promise of a Picture
  }

  /** @param {number} id @returns {Promise<Picture>} */
  picture(id) {
    if (!this.pictures.has(id)) this.pictures.set(id, pictureOf(this.files[id]))
    return this.pictures.get(id)
  }

  /** @param {number} id @returns {Promise<ImageBitmap>} */
  bitmap(id, side = ACROSS) {
    return createImageBitmap(new Blob([this.files[id]]), {
      resizeWidth: side,
      resizeHeight: side,
      resizeQuality: "high",
    })
  }
}

/** Half precision as numbers. @param {Uint16Array} halves */
export function floats16(halves) {
  return Float32Array.from(halves, (half) => {
    const [sign, exponent, fraction] = [half >> 15 ? -1 : 1, (half >> 10) & 31, half & 1023]
    if (exponent === 0) return sign * fraction * 2 ** -24
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  })
}

/** Between two lists of numbers. @param {Float32Array} a @param {Float32Array} b */
export const between = (a, b, t) => a.map((value, i) => value + t * (b[i] - value))

/** Mean squared error a number. */
export function meanSquare(a, b) {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return sum / a.length
}
