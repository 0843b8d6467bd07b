// The inner loops of convolutions and dense layers, as plain.js has them, on numbers of 32 bits, four at a time.
// AssemblyScript; `npm run simd` compiles it into ../simd.js. All places count numbers from the beginning of the memory,
// as those of plain.js do.

// @ts-ignore: a decorator of AssemblyScript
@inline
function bytes(numbers: i32): usize {
  return (<usize>numbers) << 2
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function plus(sum: v128, value: v128, weights: v128): v128 {
  return f32x4.add(sum, f32x4.mul(value, weights))
}

export function multiply(out: i32, x: i32, blocks: i32, rows: i32, inner: i32, columns: i32): void {
  let c = 0
  for (; c + 8 <= columns; c += 8) eight(bytes(out + c), bytes(x), bytes(blocks + c * inner), rows & ~3, inner, columns)
  for (; c < columns; c += 4) four(bytes(out + c), bytes(x), bytes(blocks + c * inner), rows & ~3, inner, columns)
  for (let r = rows & ~3; r < rows; r++) row(bytes(out + r * columns), bytes(x + r * inner), bytes(blocks), inner, columns)
}

/** Tiles of four rows and eight columns. */
function eight(out: usize, x: usize, blocks: usize, rows: i32, inner: i32, columns: i32): void {
  const line = bytes(inner)
  const outLine = bytes(columns)
  const end = blocks + 4 * line
  for (let r = 0; r < rows; r += 4, x += 4 * line) {
    let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00
    const x1 = x + line
    const x2 = x1 + line
    const x3 = x2 + line
    for (let w = blocks, i: usize = 0; w < end; w += 16, i += 4) {
      const w0 = v128.load(w)
      const w1 = v128.load(w + 4 * line)
      let value = v128.load32_splat(x + i)
      s00 = plus(s00, value, w0)
      s01 = plus(s01, value, w1)
      value = v128.load32_splat(x1 + i)
      s10 = plus(s10, value, w0)
      s11 = plus(s11, value, w1)
      value = v128.load32_splat(x2 + i)
      s20 = plus(s20, value, w0)
      s21 = plus(s21, value, w1)
      value = v128.load32_splat(x3 + i)
      s30 = plus(s30, value, w0)
      s31 = plus(s31, value, w1)
    }
    v128.store(out, s00)
    v128.store(out, s01, 16)
    out += outLine
    v128.store(out, s10)
    v128.store(out, s11, 16)
    out += outLine
    v128.store(out, s20)
    v128.store(out, s21, 16)
    out += outLine
    v128.store(out, s30)
    v128.store(out, s31, 16)
    out += outLine
  }
}

/** Tiles of four rows and four columns. */
function four(out: usize, x: usize, blocks: usize, rows: i32, inner: i32, columns: i32): void {
  const line = bytes(inner)
  const outLine = bytes(columns)
  const end = blocks + 4 * line
  for (let r = 0; r < rows; r += 4, x += 4 * line) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0
    const x1 = x + line
    const x2 = x1 + line
    const x3 = x2 + line
    for (let w = blocks, i: usize = 0; w < end; w += 16, i += 4) {
      const weights = v128.load(w)
      s0 = plus(s0, v128.load32_splat(x + i), weights)
      s1 = plus(s1, v128.load32_splat(x1 + i), weights)
      s2 = plus(s2, v128.load32_splat(x2 + i), weights)
      s3 = plus(s3, v128.load32_splat(x3 + i), weights)
    }
    v128.store(out, s0)
    v128.store(out + outLine, s1)
    v128.store(out + 2 * outLine, s2)
    v128.store(out + 3 * outLine, s3)
    out += 4 * outLine
  }
}

/** One row, sixteen columns at a time: a sum waits for the one before it, so several go side by side. */
function row(out: usize, x: usize, blocks: usize, inner: i32, columns: i32): void {
  const block: usize = 4 * bytes(inner)
  let c = 0
  for (; c + 16 <= columns; c += 16, out += 64, blocks += 4 * block) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0
    const end = blocks + block
    for (let w = blocks, i = x; w < end; w += 16, i += 4) {
      const value = v128.load32_splat(i)
      s0 = plus(s0, value, v128.load(w))
      s1 = plus(s1, value, v128.load(w + block))
      s2 = plus(s2, value, v128.load(w + 2 * block))
      s3 = plus(s3, value, v128.load(w + 3 * block))
    }
    v128.store(out, s0)
    v128.store(out, s1, 16)
    v128.store(out, s2, 32)
    v128.store(out, s3, 48)
  }
  for (; c < columns; c += 4, out += 16, blocks += block) {
    let sum = f32x4.splat(0)
    const end = blocks + block
    for (let w = blocks, i = x; w < end; w += 16, i += 4) sum = plus(sum, v128.load32_splat(i), v128.load(w))
    v128.store(out, sum)
  }
}

export function cut4(to: i32, gap: i32, from: i32, stride: i32, length: i32, times: i32, toStep: i32, fromStep: i32): void {
  const g = bytes(gap)
  const s = bytes(stride)
  for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
    let o = bytes(to)
    let x = bytes(from)
    const end = x + bytes(length)
    for (const whole = x + bytes(length & ~3); x < whole; x += 16, o += 16) {
      const x0 = v128.load(x)
      const x1 = v128.load(x + s)
      const x2 = v128.load(x + 2 * s)
      const x3 = v128.load(x + 3 * s)
      v128.store(o, f32x4.sub(x0, x2))
      v128.store(o + g, f32x4.add(x1, x2))
      v128.store(o + 2 * g, f32x4.sub(x2, x1))
      v128.store(o + 3 * g, f32x4.sub(x1, x3))
    }
    for (; x < end; x += 4, o += 4) {
      const x0 = load<f32>(x)
      const x1 = load<f32>(x + s)
      const x2 = load<f32>(x + 2 * s)
      const x3 = load<f32>(x + 3 * s)
      store<f32>(o, x0 - x2)
      store<f32>(o + g, x1 + x2)
      store<f32>(o + 2 * g, x2 - x1)
      store<f32>(o + 3 * g, x1 - x3)
    }
  }
}

export function cut3(to: i32, gap: i32, from: i32, stride: i32, length: i32, times: i32, toStep: i32, fromStep: i32): void {
  const g = bytes(gap)
  const s = bytes(stride)
  for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
    let o = bytes(to)
    let x = bytes(from)
    const end = x + bytes(length)
    for (const whole = x + bytes(length & ~3); x < whole; x += 16, o += 16) {
      const x1 = v128.load(x + s)
      v128.store(o, f32x4.sub(v128.load(x), x1))
      v128.store(o + g, x1)
      v128.store(o + 2 * g, f32x4.sub(x1, v128.load(x + 2 * s)))
    }
    for (; x < end; x += 4, o += 4) {
      const x1 = load<f32>(x + s)
      store<f32>(o, load<f32>(x) - x1)
      store<f32>(o + g, x1)
      store<f32>(o + 2 * g, x1 - load<f32>(x + 2 * s))
    }
  }
}

/** Lengths are multiples of four here and below: channels of a product. */
export function join4(to: i32, gap: i32, from: i32, stride: i32, length: i32, times: i32, toStep: i32, fromStep: i32): void {
  const g = bytes(gap)
  const s = bytes(stride)
  for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
    let o = bytes(to)
    let x = bytes(from)
    for (const end = x + bytes(length); x < end; x += 16, o += 16) {
      const b = v128.load(x + s)
      const c = v128.load(x + 2 * s)
      v128.store(o, f32x4.add(v128.load(x), f32x4.add(b, c)))
      v128.store(o + g, f32x4.sub(f32x4.sub(b, c), v128.load(x + 3 * s)))
    }
  }
}

export function join3(to: i32, gap: i32, from: i32, stride: i32, length: i32, times: i32, toStep: i32, fromStep: i32): void {
  const g = bytes(gap)
  const s = bytes(stride)
  for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
    let o = bytes(to)
    let x = bytes(from)
    for (const end = x + bytes(length); x < end; x += 16, o += 16) {
      const b = v128.load(x + s)
      v128.store(o, f32x4.add(v128.load(x), b))
      v128.store(o + g, f32x4.sub(b, v128.load(x + 2 * s)))
    }
  }
}

export function copy(to: i32, from: i32, length: i32, times: i32, toStep: i32, fromStep: i32): void {
  for (let t = 0; t < times; t++, to += toStep, from += fromStep) {
    let o = bytes(to)
    let x = bytes(from)
    const end = x + bytes(length)
    for (const whole = x + bytes(length & ~3); x < whole; x += 16, o += 16) v128.store(o, v128.load(x))
    for (; x < end; x += 4, o += 4) store<f32>(o, load<f32>(x))
  }
}

export function finish(to: i32, from: i32, bias: i32, channels: i32, width: i32, line: i32, height: i32): void {
  const wide = bytes((channels + 3) & ~3)
  const whole = bytes(channels & ~3)
  const end = bytes(channels)
  const b = bytes(bias)
  let o = bytes(to)
  for (let r = 0; r < height; r++) {
    let x = bytes(from + r * line)
    for (let c = 0; c < width; c++, x += wide, o += end) {
      let i: usize = 0
      for (; i < whole; i += 16) v128.store(o + i, f32x4.add(v128.load(x + i), v128.load(b + i)))
      for (; i < end; i += 4) store<f32>(o + i, load<f32>(x + i) + load<f32>(b + i))
    }
  }
}
