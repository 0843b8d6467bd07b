// Codes of 64 bits, 60,000 of them, searched in the browser: what aecore/retrieval does with NumPy.

const BYTES = 8 // of a code

/**
 * The codes that are searched.
 * @typedef {object} Index
 * @property {number} n
 * @property {Uint32Array} words  (2 n): of each code the first 32 bits, then the others, the first bit the highest
 * @property {Uint8Array} y  (n) classes
 */

/**
 * @param {ArrayBuffer} buffer  the .safetensors file of aecore/retrieval/base.py
 * @returns {Index}
 * @throws {RangeError} it is damaged
 */
export function readIndex(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)))
  const part = ({ data_offsets: [begin, end] }) => new Uint8Array(buffer, 8 + length + begin, end - begin)
  const [codes, y] = [part(header.codes), part(header.y)]
  if (codes.length !== BYTES * y.length) throw new RangeError("the codes and their classes do not fit together")
  return { n: y.length, words: wordsOf(codes), y }
}

/** @param {Uint8Array} codes  as aecore.retrieval.bits.pack writes them */
function wordsOf(codes) {
  const view = new DataView(codes.buffer, codes.byteOffset, codes.byteLength)
  return Uint32Array.from({ length: codes.length / 4 }, (_, i) => view.getUint32(4 * i))
}

/** The two words of a code. @param {boolean[]} bits  64 */
export function codeOf(bits) {
  const words = new Uint32Array(2)
  bits.forEach((on, j) => {
    if (on) words[j >> 5] |= 1 << (31 - (j & 31))
  })
  return words
}

/**
 * In how many of the first `bits` bits each code differs.
 * @param {Index} index
 * @param {Uint32Array} code  (2)
 * @param {number} bits  up to 64
 * @returns {Uint8Array} (n)
 */
export function bitDistances({ n, words }, code, bits) {
  const [first, second] = [Math.min(bits, 32), Math.max(bits - 32, 0)]
  const masks = [first, second].map((count) => (count ? -1 << (32 - count) : 0))
  const out = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    out[i] = ones((words[2 * i] ^ code[0]) & masks[0]) + ones((words[2 * i + 1] ^ code[1]) & masks[1])
  }
  return out
}

/** How many bits of a word are on. */
function ones(word) {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/**
 * How many digits lie at each distance, and how many of them are of each class.
 * @param {Uint8Array} distance  (n)
 * @returns {{counts: Uint32Array, classes: Uint32Array}}  counts (bits + 1); classes (10 (bits + 1)), ten a distance
 */
export function shellsAround(distance, y, bits) {
  const [counts, classes] = [new Uint32Array(bits + 1), new Uint32Array(10 * (bits + 1))]
  for (let i = 0; i < distance.length; i++) {
    counts[distance[i]]++
    classes[10 * distance[i] + y[i]]++
  }
  return { counts, classes }
}

/**
 * Places of the k smallest distances, nearest first, of equal ones the first in the base.
 * @param {Uint8Array} distance  (n)
 * @param {Uint32Array} counts  of `shellsAround`
 * @returns {number[]}
 */
export function nearestCodes(distance, counts, k) {
  let [last, inside] = [0, counts[0]]
  while (inside < k && last < counts.length - 1) inside += counts[++last]
  const rings = /** @type {number[][]} */ (Array.from({ length: last + 1 }, () => []))
  for (let i = 0; i < distance.length; i++)
    if (distance[i] <= last && rings[distance[i]].length < k) rings[distance[i]].push(i)
  return rings.flat().slice(0, k)
}
