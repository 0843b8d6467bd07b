// The range coder of aecore/compression/coder.py, symbol for symbol and byte for byte, in whole numbers below 2^53.

const PRECISION = 16
const TOTAL = 2 ** PRECISION
const TOP = 2 ** 32
const BOTTOM = 2 ** 24
const FOREIGN = "these bytes hold no such symbols"

/**
 * How often each symbol occurs, see aecore.compression.coder.Table.
 * @typedef {object} Table
 * @property {number} first
 * @property {ArrayLike<number>} shares  of first, first + 1, ..., and of everything outside
 * @property {number[]} below  sums of the shares before each
 */

/** @returns {Table} */
export function tableOf(first, shares) {
  const below = [0]
  for (let i = 0; i < shares.length - 1; i++) below.push(below[i] + shares[i])
  return { first, shares, below }
}

/**
 * @param {ArrayLike<number>} symbols  one for each table
 * @param {Table[]} tables
 * @returns {Uint8Array}
 */
export function encode(symbols, tables) {
  const encoder = new Encoder()
  tables.forEach(({ first, shares, below }, place) => {
    const last = shares.length - 1
    const index = symbols[place] - first
    if (index >= 0 && index < last) return encoder.narrow(below[index], shares[index])
    encoder.narrow(below[last], shares[last])
    const excess = index >= last ? index - last + 1 : -index
    encoder.bit(index >= last)
    const digits = excess.toString(2)
    for (let i = 1; i < digits.length; i++) encoder.bit(false)
    for (const digit of digits) encoder.bit(digit === "1")
  })
  return encoder.finish()
}

/**
 * The reverse of `encode`.
 * @param {Uint8Array} data
 * @param {Table[]} tables
 * @returns {number[]}
 * @throws {RangeError} these bytes cannot come from `encode`
 */
export function decode(data, tables) {
  const decoder = new Decoder(data)
  return tables.map(({ first, shares, below }) => {
    const index = decoder.symbol(below, shares)
    const last = shares.length - 1
    if (index < last) return first + index
    const above = decoder.bit()
    let length = 1
    while (!decoder.bit()) if (++length > 20) throw new RangeError(FOREIGN)
    let excess = 1
    for (let i = 1; i < length; i++) excess = 2 * excess + decoder.bit()
    return above ? first + last - 1 + excess : first - excess
  })
}

class Encoder {
  low = 0
  width = TOP
  out = /** @type {number[]} */ ([])

  narrow(below, share) {
    const part = Math.floor(this.width / TOTAL)
    this.low += part * below
    this.width = part * share
    this.carry()
    while (this.width < BOTTOM) {
      this.out.push(Math.floor(this.low / BOTTOM))
      this.low = (this.low % BOTTOM) * 256
      this.width *= 256
    }
  }

  bit(on) {
    this.narrow(on ? TOTAL / 2 : 0, TOTAL / 2)
  }

  finish() {
    for (let size = 0; size <= 4; size++) {
      const unit = 2 ** (32 - 8 * size)
      const number = Math.ceil(this.low / unit) * unit
      if (number < this.low + this.width) {
        this.low = number
        break
      }
    }
    this.carry()
    const bytes = [...this.out, ...[24, 16, 8, 0].map((shift) => Math.floor(this.low / 2 ** shift) % 256)]
    while (bytes.at(-1) === 0) bytes.pop()
    return Uint8Array.from(bytes)
  }

  carry() {
    if (this.low < TOP) return
    this.low -= TOP
    let place = this.out.length - 1
    while (this.out[place] === 255) this.out[place--] = 0
    this.out[place]++
  }
}

class Decoder {
  place = 4
  width = TOP

  constructor(data) {
    this.data = data
    this.offset = 0
    for (let i = 0; i < 4; i++) this.offset = this.offset * 256 + (data[i] ?? 0)
  }

  symbol(below, shares) {
    const part = Math.floor(this.width / TOTAL)
    if (this.offset >= part * TOTAL) throw new RangeError(FOREIGN)
    const value = Math.floor(this.offset / part)
    let index = below.length - 1
    while (below[index] > value) index--
    this.offset -= part * below[index]
    this.width = part * shares[index]
    while (this.width < BOTTOM) {
      this.offset = this.offset * 256 + (this.data[this.place++] ?? 0)
      this.width *= 256
    }
    return index
  }

  bit() {
    return this.symbol([0, TOTAL / 2], [TOTAL / 2, TOTAL / 2])
  }
}

/**
 * What a file of aecore/compression/codes.py holds: the scale of each number, and for each level its tables.
 * @param {ArrayBuffer} buffer  .safetensors
 * @returns {{scale: Float32Array, levels: Table[][]}}
 * @throws {RangeError} it is damaged
 */
export function readTables(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)))
  const part = ({ data_offsets: [begin, end] }) => buffer.slice(8 + length + begin, 8 + length + end)
  const scale = new Float32Array(part(header.scale))
  const first = new Int16Array(part(header.first))
  const count = new Int16Array(part(header.count))
  const shares = new Uint16Array(part(header.shares))
  if (
    first.length !== count.length ||
    first.length % scale.length ||
    count.reduce((a, b) => a + b, 0) !== shares.length
  )
    throw new RangeError("the tables are damaged")
  const ends = [0]
  for (const one of count) ends.push(ends[ends.length - 1] + one)
  const tables = Array.from(first, (one, i) => tableOf(one, shares.subarray(ends[i], ends[i + 1])))
  const levels = tables.length / scale.length
  return {
    scale,
    levels: Array.from({ length: levels }, (_, l) => tables.slice(l * scale.length, (l + 1) * scale.length)),
  }
}
