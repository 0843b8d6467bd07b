// Where networks compute: all their numbers in one array, and the inner loops that work there. Places count numbers from
// the beginning. First come the weights, which stay; behind them a layer has the rest for itself while it runs.
//
// A browser whose WebAssembly has SIMD takes four numbers of 32 bits at a time (assembly/live.ts); one without, or a page
// whose policy forbids it, gets plain JavaScript (plain.js).

import { PlainLoops } from "./plain.js"
import { inside } from "./simd.js"

const PAGE = 16_384 // numbers in one of WebAssembly's

/** @typedef {SimdRoom | PlainRoom} Room */

class Place {
  end = 0 // of what stays
  /** @type {Float32Array | Float64Array} */
  numbers = new Float64Array(0)

  /** Makes them at least so many; what `numbers` was before is void. @param {number} count */
  reach(count) {
    if (count > this.numbers.length) this.numbers = this.grown(count)
  }

  /** @param {number} _count @returns {Float32Array | Float64Array} */
  grown(_count) {
    return this.numbers
  }

  /** The place of so many zeros that stay. */
  keep(count) {
    const place = this.end
    this.end = place + ((count + 3) & ~3)
    this.reach(this.end)
    this.numbers.fill(0, place, this.end)
    return place
  }

  /** The place of so many numbers for now: what lies there is undefined. */
  scratch(count) {
    this.reach(this.end + count)
    return this.end
  }
}

export class SimdRoom extends Place {
  memory = new WebAssembly.Memory({ initial: 0 })
  loops = inside(this.memory)

  grown(count) {
    const { length } = this.numbers
    this.memory.grow(Math.ceil(Math.max(count - length, length / 4) / PAGE)) // some browsers copy all of it
    return new Float32Array(this.memory.buffer)
  }
}

export class PlainRoom extends Place {
  loops = new PlainLoops(this)

  grown(count) {
    const numbers = new Float64Array(Math.ceil(1.25 * count))
    numbers.set(this.numbers)
    return numbers
  }
}

/** The best room that there is here. @returns {Room} */
export function newRoom() {
  try {
    return new SimdRoom()
  } catch {
    return new PlainRoom()
  }
}
