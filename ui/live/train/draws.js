// Random numbers that Python draws, too: number i is a hash of (seed, stream, i). The twin of aecore/draws.py.

const GOLDEN = 0x9e3779b9 // 2^32 / golden ratio

/** Streams of random numbers, as in aecore/field.py and aecore/learning/objectives.py. */
export const STREAMS = { weights: 0, batches: 1, noise: 2, probes: 3, walk: 4, pixels: 5, epsilon: 6 }

export class Draws {
  place = 0
  spare = NaN // the second normal number of a pair

  /**
   * @param {number} seed
   * @param {number} stream  of STREAMS
   */
  constructor(seed, stream) {
    this.key = mixed((Math.imul(seed, 0x85ebca6b) + Math.imul(stream, 0xc2b2ae35)) >>> 0)
  }

  /** From the open interval (0, 1). */
  uniform() {
    return (mixed((Math.imul(this.place++, GOLDEN) ^ this.key) >>> 0) + 0.5) / 4294967296
  }

  /** Standard normal. They come in pairs: an odd number of calls leaves one for the next. */
  normal() {
    if (!Number.isNaN(this.spare)) {
      const second = this.spare
      this.spare = NaN
      return second
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()))
    const angle = 2 * Math.PI * this.uniform()
    this.spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** A whole number from 0 to limit - 1. */
  below(limit) {
    return Math.floor(this.uniform() * limit)
  }
}

/** Every bit of 32 spread over all bits of the result. */
function mixed(x) {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}
