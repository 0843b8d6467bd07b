// Numbers of 32 bits in the memory of a WebAssembly module whose products take four at a time (assembly/training.ts): five
// times as fast as plain JavaScript where it was measured (benchmarks/browser_training.py). A browser without it, or a
// page whose policy forbids it, gets the plain products on the same numbers.

import { inside } from "../simd.js"
import { products, transposed } from "./products.js"

const PAGE = 65_536 // bytes, WebAssembly's

/** The plain one. @type {import("./products.js").Arithmetic} */
export const SINGLE = { array: (count) => new Float32Array(count), products, transposed }

/**
 * A memory of its own for one training, and what computes in it.
 * @param {number} bytes  for all arrays together; what does not fit throws
 * @returns {import("./products.js").Arithmetic}
 */
export function single(bytes) {
  let memory, fast
  try {
    memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) })
    fast = inside(memory)
  } catch {
    return SINGLE
  }
  let free = 16
  return {
    array(count) {
      const array = new Float32Array(memory.buffer, free, count)
      free += Math.ceil(count / 4) * 16
      return array
    },
    products: (out, a, b, rows, columns, inner) =>
      fast.products(out.byteOffset, a.byteOffset, b.byteOffset, rows, columns, inner),
    transposed: (out, a, rows, columns) => fast.transposed(out.byteOffset, a.byteOffset, rows, columns),
    adam: (weights, grads, mean, square, settings) => {
      const places = [weights, grads, mean, square].map(({ byteOffset }) => byteOffset)
      fast.adam(...places, weights.length, ...settings)
    },
  }
}
