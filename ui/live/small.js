// Reads the file of a small net, aecore/compression/packed.py, and makes a network of it that runs here.
//
//   const small = unpackSmall(buffer, whole)              // whole: the network that was made small
//   const logits = small.network.forward(x)
//
// The file holds numbers alone; layers, names and shapes are those of the whole network, as in Python they are the code's.

import { buildNetwork } from "./network.js"
import { CheckpointError, fromHalf } from "./safetensors.js"

const MAGIC = 0x4e534541 // "AESN", read as a little-endian number
const VERSION = 1
const GAPS = 24 // classes of gaps
const EPSILON = 1e-5
const LONGEST = 15 // bits of a code

/**
 * @typedef {object} Small
 * @property {import("./network.js").Network} network
 * @property {string} name  of the whole network
 * @property {Object<string, {values: Float32Array, index: Uint8Array}>} shared  weight -> its values, and for each place 0 or 1 +
 *   the place of its value
 */

/**
 * @param {ArrayBuffer} buffer  the file
 * @param {import("./network.js").Network} whole
 * @returns {Small}
 * @throws {CheckpointError} damaged, of another version, or of another network
 */
export function unpackSmall(buffer, whole) {
  const view = new DataView(buffer)
  if (buffer.byteLength < 11 || view.getUint32(0, true) !== MAGIC) throw new CheckpointError("this is no small net")
  const end = buffer.byteLength - 4
  if (crc32(new Uint8Array(buffer, 0, end)) !== view.getUint32(end, true))
    throw new CheckpointError("this small net is damaged")
  if (view.getUint8(4) !== VERSION) throw new CheckpointError(`this small net is of version ${view.getUint8(4)}`)
  const begin = 6 + view.getUint8(5)
  const name = new TextDecoder().decode(buffer.slice(6, begin))
  if (name !== whole.card.name) throw new CheckpointError(`this small net is of ${name}, not of ${whole.card.name}`)
  try {
    const { tensors, shared } = readTensors(new Reader(buffer, begin, end), whole.shapes)
    const network = buildNetwork({ card: whole.card, shapes: whole.shapes, tensors })
    return { network, name, shared }
  } catch (error) {
    if (error instanceof CheckpointError) throw error
    throw new CheckpointError(`this small net is damaged (${error})`)
  }
}

function readTensors(reader, shapes) {
  const tensors = {}
  const shared = {}
  for (const name of Object.keys(shapes).sort()) {
    const size = shapes[name].reduce((a, b) => a * b, 1)
    if (name.endsWith(".num_batches_tracked")) continue
    if (name.endsWith(".running_mean")) tensors[name] = new Float32Array(size)
    else if (name.endsWith(".running_var")) tensors[name] = new Float32Array(size).fill(1 - EPSILON)
    else if (shapes[name].length < 2) tensors[name] = reader.halves(size)
    else {
      shared[name] = readLayer(reader, size)
      const { values, index } = shared[name]
      tensors[name] = Float32Array.from(index, (place) => (place ? values[place - 1] : 0))
    }
  }
  if (reader.place !== reader.end) throw new RangeError("bytes are left over")
  return { tensors, shared }
}

function readLayer(reader, size) {
  const k = reader.byte()
  const values = reader.halves(k)
  const count = reader.byte() + 256 * (reader.byte() + 256 * (reader.byte() + 256 * reader.byte()))
  if (!(count > 0 && count <= size && k)) throw new RangeError("more weights than places")
  const [gaps, places] = [reader.code(GAPS), reader.code(k)]
  const index = new Uint8Array(size)
  const at = new Uint32Array(count)
  let place = -1
  let bits = reader.bits()
  for (let i = 0; i < count; i++) {
    const kind = bits.symbol(gaps)
    place += 2 ** kind + bits.number(kind)
    if (place >= size) throw new RangeError("a weight lies outside its layer")
    at[i] = place
  }
  reader.place = bits.close()
  bits = reader.bits()
  for (let i = 0; i < count; i++) index[at[i]] = 1 + bits.symbol(places)
  reader.place = bits.close()
  return { values, index }
}

/** Bytes, from the first to the last. */
class Reader {
  constructor(buffer, place, end) {
    this.buffer = buffer
    this.bytes = new Uint8Array(buffer)
    this.place = place
    this.end = end
  }

  byte() {
    return this.bytes[this.ahead(1)]
  }

  halves(count) {
    const at = this.ahead(2 * count)
    const numbers = fromHalf(this.buffer.slice(at, at + 2 * count))
    if (!numbers.every(Number.isFinite)) throw new RangeError("a number is not finite")
    return numbers
  }

  /** A canonical Huffman code from a table of lengths, half a byte each. */
  code(count) {
    const at = this.ahead((count + 1) >> 1)
    const lengths = Array.from({ length: count }, (_, i) => (this.bytes[at + (i >> 1)] >> (i & 1 ? 0 : 4)) & 15)
    const used = lengths.map((_, symbol) => symbol).filter((symbol) => lengths[symbol])
    used.sort((a, b) => lengths[a] - lengths[b] || a - b)
    const room = used.reduce((sum, symbol) => sum + 2 ** (LONGEST - lengths[symbol]), 0)
    const alone = used.length === 1 && lengths[used[0]] === 1
    if (!alone && room !== 2 ** LONGEST) throw new RangeError("a table of code lengths is no code")
    const counts = Array.from(
      { length: LONGEST + 1 },
      (_, bits) => used.filter((symbol) => lengths[symbol] === bits).length,
    )
    return { counts, used, alone }
  }

  bits() {
    return new Bits(this.bytes, this.place, this.end)
  }

  ahead(count) {
    if (this.place + count > this.end) throw new RangeError("it ends too early")
    this.place += count
    return this.place - count
  }
}

/** Bits, the highest of a byte first. */
class Bits {
  constructor(bytes, begin, end) {
    this.bytes = bytes
    this.at = 8 * begin
    this.end = 8 * end
  }

  bit() {
    if (this.at >= this.end) throw new RangeError("it ends too early")
    const bit = (this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1
    this.at++
    return bit
  }

  number(bits) {
    let number = 0
    for (let i = 0; i < bits; i++) number = 2 * number + this.bit()
    return number
  }

  /** As RFC 1951's decoders: of each length, the codes are consecutive numbers. */
  symbol({ counts, used, alone }) {
    if (alone) return used[0]
    let code = 0
    let first = 0
    let before = 0
    for (let bits = 1; bits <= LONGEST; bits++) {
      code = 2 * code + this.bit()
      first *= 2
      if (code - first < counts[bits]) return used[before + code - first]
      first += counts[bits]
      before += counts[bits]
    }
    throw new RangeError("no such code")
  }

  /** Where the next byte begins. */
  close() {
    return (this.at + 7) >> 3
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let i = 0; i < 8; i++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1
  return byte >>> 0
})

/** As zlib's. */
function crc32(bytes) {
  let crc = 0xffffffff
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
