// Convolutions of one picture, channels last: cut it up, multiply matrices, put the result together.
//
// Written out, a 3x3 convolution multiplies nine times for each output, between each two channels. Winograd's way makes
// four outputs with sixteen products instead of thirty-six. In one dimension, two outputs y of a kernel w over four
// inputs x take four products (the sums of w are formed once, at loading):
//
//   a = (x0 - x2) w0      b = (x1 + x2) (w0 + w1 + w2) / 2      y0 = a + b + c
//   d = (x1 - x3) w2      c = (x2 - x1) (w0 - w1 + w2) / 2      y1 = b - c - d
//
// Where nearest-neighbour upsampling by two comes before the convolution, x1 = x2: c vanishes, and nine products of
// thirty-six remain. In two dimensions the same is done to the rows, then to the columns. Between channels, what stands
// at one place of all tiles is a matrix, (tiles, channels in), that meets one of weights, (channels in, channels out).
// All of this is exact but for rounding.
//
// Source: Lavin and Gray 2016, "Fast algorithms for convolutional neural networks", arXiv:1509.09308, section 4.

/**
 * Winograd's way in one dimension: from the inputs of a tile to places, from the products there to its outputs.
 * @typedef {object} Way
 * @property {number} inputs  that a tile takes
 * @property {number} step  inputs from one tile to the next
 * @property {number[][]} weights  (places, 3): what stands at each place, in terms of w0, w1, w2
 * @property {"cut4" | "cut3"} cut  the loop from inputs to places
 * @property {"join4" | "join3"} join  the loop from places to two outputs
 */

/** @type {Way} */
const PLAIN = {
  inputs: 4,
  step: 2,
  weights: [
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0, 0, 1],
  ],
  cut: "cut4",
  join: "join4",
}

/** After upsampling: takes what comes before it, of which the middle one was to be doubled. @type {Way} */
const UPSAMPLED = {
  inputs: 3,
  step: 1,
  weights: [
    [1, 0, 0],
    [1, 1, 1],
    [0, 0, 1],
  ],
  cut: "cut3",
  join: "join3",
}

/**
 * A convolution with a 3x3 kernel, stride 1 and padding 1.
 * @param {import("./room.js").Room} room  where it computes
 * @param {Float32Array} weight  (fanOut, fanIn, 3, 3), as PyTorch has it
 * @param {Float32Array} bias  (fanOut)
 * @param {number[]} shape  of what goes in: fanIn, height, width
 * @param {boolean} upsampled  nearest-neighbour upsampling by two comes before: (fanOut, 2 height, 2 width) comes out
 * @returns {(x: Float32Array) => Float32Array}  the result is overwritten by the next call
 */
export function convolution3x3(room, weight, bias, shape, upsampled) {
  const [fanIn, height, width] = shape
  const { inputs, step, weights, cut, join } = upsampled ? UPSAMPLED : PLAIN
  const places = weights.length
  const [down, across] = [Math.floor((height + step - 1) / step), Math.floor((width + step - 1) / step)] // tiles
  const tiles = down * across
  const fanOut = roundUp(bias.length)
  const line = ((across - 1) * step + inputs) * fanIn // numbers in a row of the padded picture
  const half = places * tiles * fanOut
  const kernels = winograd(room, weight, weights, fanIn, bias.length)
  const shifts = keep(room, bias)
  const out = new Float32Array(bias.length * height * width * (upsampled ? 4 : 1))
  const sizes = [
    ((down - 1) * step + inputs) * line, // padded picture
    down * places * line, // strips (tile row, place, column, fanIn): cut from top to bottom
    places ** 2 * tiles * fanIn, // pieces (place, place, tile, fanIn): cut from left to right, too
    places * half, // products (place, place, tile, fanOut)
    2 * half, // halves (row of 2, place, tile, fanOut): joined from top to bottom
    4 * tiles * fanOut, // picture (tile row, row of 2, tile column, column of 2, fanOut)
    out.length,
  ]

  return (x) => {
    const [padded, strips, pieces, products, halves, picture, result] = scratch(room, sizes)
    const loops = room.loops
    pad(room, padded, sizes[0], line, x, width * fanIn, line + fanIn, strips)
    // rows, then columns: inputs -> places
    loops[cut](strips, line, padded, line, line, down, places * line, step * line)
    for (let strip = 0; strip < down * places; strip++) {
      const row = Math.floor(strip / places)
      const to = pieces + ((strip - row * places) * places * tiles + row * across) * fanIn
      loops[cut](to, tiles * fanIn, strips + strip * line, fanIn, fanIn, across, fanIn, step * fanIn)
    }
    // between channels
    for (let i = 0; i < places ** 2; i++) {
      const [to, from] = [products + i * tiles * fanOut, pieces + i * tiles * fanIn]
      loops.multiply(to, from, kernels + i * fanIn * fanOut, tiles, fanIn, fanOut)
    }
    // rows, then columns: places -> outputs
    loops[join](halves, half, products, half, half, 1, 0, 0)
    for (let row = 0; row < 2 * down; row++) {
      const from = halves + (row % 2) * half + (row >> 1) * across * fanOut
      loops[join](picture + 2 * row * across * fanOut, fanOut, from, tiles * fanOut, fanOut, across, 2 * fanOut, fanOut)
    }
    const sides = upsampled ? [2 * width, 2 * height] : [width, height]
    loops.finish(result, picture, shifts, bias.length, sides[0], 2 * across * fanOut, sides[1])
    out.set(room.numbers.subarray(result, result + out.length))
    return out
  }
}

/**
 * A convolution with any kernel, as it is written: each output is the product of its patch and the kernel.
 * kernel, stride, padding: of the rows and of the columns; the other arguments and the result as above.
 */
export function convolution(room, weight, bias, shape, { kernel, stride, padding }) {
  const [fanIn, height, width] = shape
  const [kernelRows, kernelColumns] = kernel
  const [down, across] = stride
  const rows = Math.floor((height + 2 * padding[0] - kernelRows) / down) + 1
  const columns = Math.floor((width + 2 * padding[1] - kernelColumns) / across) + 1
  const fanOut = roundUp(bias.length)
  const run = kernelColumns * fanIn // a row of a patch is contiguous
  const line = (width + 2 * padding[1]) * fanIn
  const taps = kernelRows * kernelColumns
  const order = Int32Array.from({ length: taps * fanIn }, (_, i) => (i % fanIn) * taps + Math.floor(i / fanIn))
  const matrix = blocksOfFour(room, weight, bias.length, order.length, order)
  const shifts = keep(room, bias)
  const out = new Float32Array(rows * columns * bias.length)
  const corner = padding[0] * line + padding[1] * fanIn
  const pixels = rows * columns
  const sizes = [(height + 2 * padding[0]) * line, pixels * kernelRows * run, pixels * fanOut, out.length]

  return (x) => {
    const [padded, patches, products, result] = scratch(room, sizes)
    const loops = room.loops
    pad(room, padded, sizes[0], line, x, width * fanIn, corner, patches)
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < kernelRows; k++) {
        const to = patches + (row * columns * kernelRows + k) * run
        loops.copy(to, padded + (row * down + k) * line, run, columns, kernelRows * run, across * fanIn)
      }
    }
    loops.multiply(products, patches, matrix, pixels, kernelRows * run, fanOut)
    loops.finish(result, products, shifts, bias.length, pixels, 0, 1)
    out.set(room.numbers.subarray(result, result + out.length))
    return out
  }
}

/**
 * A dense layer of rows of numbers, each by itself: (rows, fanIn) -> (rows, fanOut).
 * @param {import("./room.js").Room} room
 * @param {Float32Array} weight  as PyTorch has it; with `turned` (fanIn, fanOut)
 * @param {Float32Array} bias  (fanOut)
 * @param {number} fanIn
 * @param {boolean} [turned]
 * @returns {(out: Float32Array, x: Float32Array, rows: number) => Float32Array}  out, which may hold more rows, as x may
 */
export function dense(room, weight, bias, fanIn, turned = false) {
  const [channels, fanOut] = [bias.length, roundUp(bias.length)]
  const order = Int32Array.from({ length: fanIn }, (_, i) => (turned ? i * channels : i))
  const matrix = blocksOfFour(room, weight, channels, turned ? 1 : fanIn, order)
  const shifts = keep(room, bias)

  return (out, x, rows) => {
    const [given, products, result] = scratch(room, [rows * fanIn, rows * fanOut, rows * channels])
    room.numbers.set(rows * fanIn < x.length ? x.subarray(0, rows * fanIn) : x, given)
    room.loops.multiply(products, given, matrix, rows, fanIn, fanOut)
    room.loops.finish(result, products, shifts, channels, rows, 0, 1)
    out.set(room.numbers.subarray(result, result + rows * channels))
    return out
  }
}

/**
 * Pixels, `stride` apart, in a larger picture of zeros.
 * @param {number[]} shape  of what goes in: channels, height, width
 * @param {number[]} wide  of what comes out
 * @param {number[]} stride  rows and columns from one pixel to the next
 * @param {number[]} border  rows and columns before the first one
 */
export function spread([channels, height, width], [, rows, columns], stride, border) {
  const out = new Float32Array(channels * rows * columns)
  return (x) => {
    for (let row = 0, from = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const to = ((border[0] + row * stride[0]) * columns + border[1] + column * stride[1]) * channels
        for (let c = 0; c < channels; c++) out[to + c] = x[from++]
      }
    }
    return out
  }
}

const roundUp = (channels) => (channels + 3) & ~3 // see `blocksOfFour`

/** The places of so many numbers each, one behind the other, for now. */
function scratch(room, sizes) {
  let place = room.scratch(sizes.reduce((sum, size) => sum + roundUp(size), 0))
  return sizes.map((size) => {
    place += roundUp(size)
    return place - roundUp(size)
  })
}

/** The place of a copy of some numbers that stays. */
function keep(room, values) {
  const place = room.keep(values.length)
  room.numbers.set(values, place)
  return place
}

/**
 * Copies a picture, of rows of `width` numbers, into a larger one of zeros, from its number `corner` on.
 * by: a place that is free for as many numbers as the picture has
 */
function pad(room, padded, size, line, x, width, corner, by) {
  room.numbers.fill(0, padded, padded + size)
  room.numbers.set(x, by)
  room.loops.copy(padded + corner, by, width, x.length / width, line, width)
}

/**
 * A matrix (inner, columns) that stays, as the loop `multiply` takes it: (columns / 4, inner, 4), filled up with columns
 * of zeros. Its entry (i, o) is weight[o * perColumn + order[i]].
 */
function blocksOfFour(room, weight, columns, perColumn, order) {
  const inner = order.length
  const place = room.keep(inner * roundUp(columns))
  const { numbers } = room
  for (let o = 0; o < columns; o += 4) {
    const wide = Math.min(4, columns - o)
    for (let i = 0, to = place + o * inner; i < inner; i++, to += 4) {
      for (let c = 0; c < wide; c++) numbers[to + c] = weight[(o + c) * perColumn + order[i]]
    }
  }
  return place
}

/** The same of each of Winograd's places, one behind the other: from rows of the kernel's nine weights, then columns. */
function winograd(room, weight, weights, fanIn, columns) {
  const places = weights.length
  const size = fanIn * roundUp(columns)
  const place = room.keep(places ** 2 * size)
  const { numbers } = room
  const factors = Float64Array.from(weights.flat())
  for (let o = 0; o < columns; o++) {
    for (let i = 0; i < fanIn; i++) {
      const w = (o * fanIn + i) * 9
      let to = place + (o - (o % 4)) * fanIn + 4 * i + (o % 4)
      for (let v = 0; v < factors.length; v += 3) {
        const p = factors[v],
          q = factors[v + 1],
          r = factors[v + 2]
        const a = p * weight[w] + q * weight[w + 3] + r * weight[w + 6]
        const b = p * weight[w + 1] + q * weight[w + 4] + r * weight[w + 7]
        const c = p * weight[w + 2] + q * weight[w + 5] + r * weight[w + 8]
        for (let h = 0; h < factors.length; h += 3, to += size) {
          numbers[to] = factors[h] * a + factors[h + 1] * b + factors[h + 2] * c
        }
      }
    }
  }
  return place
}
