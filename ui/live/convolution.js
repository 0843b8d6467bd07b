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
// All of this is exact but for rounding, and we add in float64.
//
// Source: Lavin and Gray 2016, "Fast algorithms for convolutional neural networks", arXiv:1509.09308, section 4.

/**
 * Winograd's way in one dimension: from the inputs of a tile to places, from the products there to its outputs.
 * @typedef {object} Way
 * @property {number} inputs  that a tile takes
 * @property {number} step  inputs from one tile to the next
 * @property {number[][]} weights  (places, 3): what stands at each place, in terms of w0, w1, w2
 * @property {Function} cut  (out, to, gap, x, from, stride, length): inputs, `stride` apart from x[from] on -> places,
 *   `gap` apart from out[to] on; the same for `length` neighbours
 * @property {Function} join  (out, to, gap, products, from, stride, length): the same, places -> two outputs
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
  cut(out, to, gap, x, from, stride, length) {
    for (const end = from + length; from < end; from++, to++) {
      const x0 = x[from],
        x1 = x[from + stride],
        x2 = x[from + 2 * stride],
        x3 = x[from + 3 * stride]
      out[to] = x0 - x2
      out[to + gap] = x1 + x2
      out[to + 2 * gap] = x2 - x1
      out[to + 3 * gap] = x1 - x3
    }
  },
  join(out, to, gap, products, from, stride, length) {
    for (const end = from + length; from < end; from++, to++) {
      const a = products[from],
        b = products[from + stride]
      const c = products[from + 2 * stride],
        d = products[from + 3 * stride]
      out[to] = a + b + c
      out[to + gap] = b - c - d
    }
  },
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
  cut(out, to, gap, x, from, stride, length) {
    for (const end = from + length; from < end; from++, to++) {
      const x0 = x[from],
        x1 = x[from + stride],
        x3 = x[from + 2 * stride]
      out[to] = x0 - x1
      out[to + gap] = x1
      out[to + 2 * gap] = x1 - x3
    }
  },
  join(out, to, gap, products, from, stride, length) {
    for (const end = from + length; from < end; from++, to++) {
      const a = products[from],
        b = products[from + stride],
        d = products[from + 2 * stride]
      out[to] = a + b
      out[to + gap] = b - d
    }
  },
}

/**
 * A convolution with a 3x3 kernel, stride 1 and padding 1.
 * @param {Float32Array} weight  (fanOut, fanIn, 3, 3), as PyTorch has it
 * @param {Float32Array} bias  (fanOut)
 * @param {number[]} shape  of what goes in: fanIn, height, width
 * @param {boolean} upsampled  nearest-neighbour upsampling by two comes before: (fanOut, 2 height, 2 width) comes out
 * @returns {(x: Float32Array) => Float32Array}  the result is overwritten by the next call
 */
export function convolution3x3(weight, bias, shape, upsampled) {
  const [fanIn, height, width] = shape.map(whole)
  const { inputs, step, weights, cut, join } = upsampled ? UPSAMPLED : PLAIN
  const places = weights.length
  const [down, across] = [whole((height + step - 1) / step), whole((width + step - 1) / step)] // tiles
  const tiles = down * across
  const fanOut = roundUp(bias.length)
  const line = ((across - 1) * step + inputs) * fanIn // numbers in a row of the padded picture
  const padded = new Float64Array(((down - 1) * step + inputs) * line)
  const strips = new Float64Array(down * places * line) // (tile row, place, column, fanIn): cut from top to bottom
  const pieces = matrices(places ** 2, tiles * fanIn) // (place, place, tile, fanIn): cut from left to right, too
  const products = matrices(places ** 2, tiles * fanOut)
  const halves = new Float64Array(2 * places * tiles * fanOut) // (row of 2, place, tile, fanOut): joined top to bottom
  const picture = new Float64Array(4 * tiles * fanOut) // (tile row, row of 2, tile column, column of 2, fanOut)
  const kernels = pieces.parts.map((_, place) => {
    const [vertical, horizontal] = [weights[Math.floor(place / places)], weights[place % places]]
    const factors = vertical.flatMap((factor) => horizontal.map((other) => factor * other)) // of the nine weights
    return blocksOfFour(fanIn, bias.length, (i, o) => {
      let sum = 0
      for (let tap = 0; tap < 9; tap++) sum += factors[tap] * weight[(o * fanIn + i) * 9 + tap]
      return sum
    })
  })
  const out = new Float32Array(bias.length * height * width * (upsampled ? 4 : 1))

  return (x) => {
    pad(padded, line, x, width * fanIn, line + fanIn)
    // rows, then columns: inputs -> places
    for (let row = 0; row < down; row++) cut(strips, row * places * line, line, padded, row * step * line, line, line)
    for (let strip = 0; strip < down * places; strip++) {
      const row = whole(strip / places)
      const place = strip - row * places
      for (let column = 0; column < across; column++) {
        const to = (place * places * tiles + row * across + column) * fanIn
        cut(pieces.all, to, tiles * fanIn, strips, strip * line + column * step * fanIn, fanIn, fanIn)
      }
    }
    // between channels
    kernels.forEach((kernel, i) => multiply(products.parts[i], pieces.parts[i], kernel, tiles, fanIn, fanOut))
    // rows, then columns: places -> outputs
    const half = places * tiles * fanOut
    join(halves, 0, half, products.all, 0, half, half)
    for (let tile = 0; tile < tiles; tile++) {
      const row = whole(tile / across)
      const upper = (4 * row * across + 2 * (tile - row * across)) * fanOut
      const lower = upper + 2 * across * fanOut
      join(picture, upper, fanOut, halves, tile * fanOut, tiles * fanOut, fanOut)
      join(picture, lower, fanOut, halves, half + tile * fanOut, tiles * fanOut, fanOut)
    }
    return finish(out, picture, bias, width * (upsampled ? 2 : 1), 2 * across)
  }
}

/**
 * A convolution with any kernel, as it is written: each output is the product of its patch and the kernel.
 * kernel, stride, padding: of the rows and of the columns; the other arguments and the result as above.
 */
export function convolution(weight, bias, shape, { kernel, stride, padding }) {
  const [fanIn, height, width] = shape.map(whole)
  const [kernelRows, kernelColumns] = kernel.map(whole)
  const [down, across] = stride.map(whole)
  const rows = whole((height + 2 * padding[0] - kernelRows) / down) + 1
  const columns = whole((width + 2 * padding[1] - kernelColumns) / across) + 1
  const fanOut = roundUp(bias.length)
  const run = kernelColumns * fanIn // a row of a patch is contiguous
  const line = (width + 2 * padding[1]) * fanIn
  const padded = new Float64Array((height + 2 * padding[0]) * line)
  const patches = new Float64Array(rows * columns * kernelRows * run)
  const products = new Float64Array(rows * columns * fanOut)
  const taps = kernelRows * kernelColumns
  const matrix = blocksOfFour(taps * fanIn, bias.length, (i, o) => {
    return weight[(o * fanIn + (i % fanIn)) * taps + Math.floor(i / fanIn)]
  })
  const out = new Float32Array(rows * columns * bias.length)
  const corner = padding[0] * line + padding[1] * fanIn

  return (x) => {
    pad(padded, line, x, width * fanIn, corner)
    for (let pixel = 0, to = 0; pixel < rows * columns; pixel++) {
      const row = whole(pixel / columns)
      let from = row * down * line + (pixel - row * columns) * across * fanIn
      for (let k = 0; k < kernelRows; k++, from += line) for (let i = 0; i < run; i++) patches[to++] = padded[from + i]
    }
    multiply(products, patches, matrix, rows * columns, kernelRows * run, fanOut)
    return finish(out, products, bias, columns, columns)
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

// Math.floor for indices: their parts have to be whole numbers to the compiler as well, which takes what comes of a
// division, a power or Math.floor for a float. One float among them doubles the time of the loops.
const whole = (number) => number | 0

const roundUp = (channels) => whole((channels + 3) / 4) * 4 // see `multiply`

/** `count` matrices that lie one behind the other: each of them, and all. */
function matrices(count, size) {
  const all = new Float64Array(count * size)
  return { all, parts: Array.from({ length: count }, (_, i) => all.subarray(i * size, (i + 1) * size)) }
}

/** Copies a picture, of rows of `width` numbers, into a larger one from its number `to` on; the border stays zero. */
function pad(padded, line, x, width, to) {
  for (let from = 0; from < x.length; from += width, to += line) {
    for (let i = 0; i < width; i++) padded[to + i] = x[from + i]
  }
}

/** Adds the bias and drops what lies beyond the picture or its channels: both were rounded up. */
function finish(out, picture, bias, width, pictureWidth) {
  const channels = bias.length
  const pictureChannels = roundUp(channels)
  for (let to = 0, row = 0; to < out.length; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * pictureWidth + column) * pictureChannels
      for (let o = 0; o < channels; o++) out[to++] = picture[from + o] + bias[o]
    }
  }
  return out
}

/** (inner, columns) -> (columns / 4, inner, 4), filled up with zero columns: see `multiply`. */
function blocksOfFour(inner, columns, entry) {
  const blocks = new Float32Array(inner * roundUp(columns))
  for (let o = 0; o < columns; o++) {
    const first = (o - (o % 4)) * inner + (o % 4)
    for (let i = 0; i < inner; i++) blocks[first + 4 * i] = entry(i, o)
  }
  return blocks
}

// The product of matrices, (rows, inner) times (inner, columns): four columns of two rows at a time, eight sums that
// stay in registers, six loads for eight products. If the number of rows is odd, the last one is computed twice, which
// is simpler than a second loop.
function multiply(out, x, blocks, rows, inner, columns) {
  const last = rows - 1
  for (let o = 0; o < columns; o += 4) {
    for (let one = 0; one <= last; one += 2) {
      const two = one < last ? one + 1 : last
      let p0 = 0,
        p1 = 0,
        p2 = 0,
        p3 = 0
      let q0 = 0,
        q1 = 0,
        q2 = 0,
        q3 = 0
      let p = one * inner
      let q = two * inner
      let w = o * inner
      for (const end = w + 4 * inner; w < end; w += 4, p++, q++) {
        const w0 = blocks[w],
          w1 = blocks[w + 1],
          w2 = blocks[w + 2],
          w3 = blocks[w + 3]
        const a = x[p],
          b = x[q]
        p0 += a * w0
        p1 += a * w1
        p2 += a * w2
        p3 += a * w3
        q0 += b * w0
        q1 += b * w1
        q2 += b * w2
        q3 += b * w3
      }
      store(out, one * columns + o, p0, p1, p2, p3)
      store(out, two * columns + o, q0, q1, q2, q3)
    }
  }
}

function store(out, at, a, b, c, d) {
  out[at] = a
  out[at + 1] = b
  out[at + 2] = c
  out[at + 3] = d
}
