// The inner loops of a network in plain JavaScript, for a room without WebAssembly: the same as assembly/live.ts, on
// numbers of 64 bits. What each argument counts are numbers of the room. See convolution.js for the two ways of Winograd.

export class PlainLoops {
  /** @param {{ numbers: Float32Array | Float64Array }} room */
  constructor(room) {
    this.room = room
  }

  /**
   * The product of matrices, (rows, inner) times (inner, columns), the second one in blocks of four columns. Four columns
   * of two rows at a time, eight sums that stay in registers, six loads for eight products. If the number of rows is odd,
   * the last one is computed twice, which is simpler than a second loop.
   */
  multiply(out, x, blocks, rows, inner, columns) {
    const { numbers } = this.room
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
        let p = x + one * inner
        let q = x + two * inner
        let w = blocks + o * inner
        for (const end = w + 4 * inner; w < end; w += 4, p++, q++) {
          const w0 = numbers[w],
            w1 = numbers[w + 1],
            w2 = numbers[w + 2],
            w3 = numbers[w + 3]
          const a = numbers[p],
            b = numbers[q]
          p0 += a * w0
          p1 += a * w1
          p2 += a * w2
          p3 += a * w3
          q0 += b * w0
          q1 += b * w1
          q2 += b * w2
          q3 += b * w3
        }
        let to = out + one * columns + o
        numbers[to] = p0
        numbers[to + 1] = p1
        numbers[to + 2] = p2
        numbers[to + 3] = p3
        to = out + two * columns + o
        numbers[to] = q0
        numbers[to + 1] = q1
        numbers[to + 2] = q2
        numbers[to + 3] = q3
      }
    }
  }

  /**
   * Four inputs, `stride` apart, -> four places, `gap` apart; the same for `length` neighbours, and all of it `times`,
   * from one to the next by the steps.
   */
  cut4(to, gap, from, stride, length, times, toStep, fromStep) {
    const { numbers } = this.room
    for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
      for (let x = from, o = to; x < from + length; x++, o++) {
        const x0 = numbers[x],
          x1 = numbers[x + stride],
          x2 = numbers[x + 2 * stride],
          x3 = numbers[x + 3 * stride]
        numbers[o] = x0 - x2
        numbers[o + gap] = x1 + x2
        numbers[o + 2 * gap] = x2 - x1
        numbers[o + 3 * gap] = x1 - x3
      }
    }
  }

  /** Three inputs -> three places. */
  cut3(to, gap, from, stride, length, times, toStep, fromStep) {
    const { numbers } = this.room
    for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
      for (let x = from, o = to; x < from + length; x++, o++) {
        const x1 = numbers[x + stride]
        numbers[o] = numbers[x] - x1
        numbers[o + gap] = x1
        numbers[o + 2 * gap] = x1 - numbers[x + 2 * stride]
      }
    }
  }

  /** Four places -> two outputs. */
  join4(to, gap, from, stride, length, times, toStep, fromStep) {
    const { numbers } = this.room
    for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
      for (let x = from, o = to; x < from + length; x++, o++) {
        const b = numbers[x + stride],
          c = numbers[x + 2 * stride]
        numbers[o] = numbers[x] + b + c
        numbers[o + gap] = b - c - numbers[x + 3 * stride]
      }
    }
  }

  /** Three places -> two outputs. */
  join3(to, gap, from, stride, length, times, toStep, fromStep) {
    const { numbers } = this.room
    for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
      for (let x = from, o = to; x < from + length; x++, o++) {
        const b = numbers[x + stride]
        numbers[o] = numbers[x] + b
        numbers[o + gap] = b - numbers[x + 2 * stride]
      }
    }
  }

  /** `length` numbers, `times`. */
  copy(to, from, length, times, toStep, fromStep) {
    const { numbers } = this.room
    for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
      for (let i = 0; i < length; i++) numbers[to + i] = numbers[from + i]
    }
  }

  /**
   * Adds the bias and drops what lies beyond the picture or its channels: both were rounded up.
   * line: numbers in a row of the rounded picture
   */
  finish(to, from, bias, channels, width, line, height) {
    const { numbers } = this.room
    const wide = (channels + 3) & ~3
    for (let row = 0; row < height; row++, from += line) {
      for (let column = 0, x = from; column < width; column++, x += wide) {
        for (let o = 0; o < channels; o++) numbers[to++] = numbers[x + o] + numbers[bias + o]
      }
    }
  }
}
