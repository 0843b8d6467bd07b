// The products of products.js and the step of adam.js on numbers of 32 bits, four at a time: WebAssembly with SIMD.
// AssemblyScript; `npm run simd` compiles it into ../simd.js. All places are bytes from the beginning of the memory.

/** a[r, k..] times b[c, k..], four lanes; the lanes' sum. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
}

/** out (rows, columns) = a (rows, inner) times b (columns, inner) transposed: tiles of four rows and three columns. */
export function products(out: usize, a: usize, b: usize, rows: i32, columns: i32, inner: i32): void {
  const line: usize = (<usize>inner) << 2
  const outLine: usize = (<usize>columns) << 2
  const whole: usize = (<usize>(inner & ~3)) << 2 // bytes that four lanes fill
  let r = 0
  for (; r + 4 <= rows; r += 4) {
    const a0 = a + <usize>r * line
    const a1 = a0 + line
    const a2 = a1 + line
    const a3 = a2 + line
    let c = 0
    for (; c + 3 <= columns; c += 3) {
      const b0 = b + <usize>c * line
      const b1 = b0 + line
      const b2 = b1 + line
      let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00
      let s20 = s00, s21 = s00, s22 = s00, s30 = s00, s31 = s00, s32 = s00
      for (let k: usize = 0; k < whole; k += 16) {
        const x = v128.load(b0 + k)
        const y = v128.load(b1 + k)
        const z = v128.load(b2 + k)
        let value = v128.load(a0 + k)
        s00 = f32x4.add(s00, f32x4.mul(value, x))
        s01 = f32x4.add(s01, f32x4.mul(value, y))
        s02 = f32x4.add(s02, f32x4.mul(value, z))
        value = v128.load(a1 + k)
        s10 = f32x4.add(s10, f32x4.mul(value, x))
        s11 = f32x4.add(s11, f32x4.mul(value, y))
        s12 = f32x4.add(s12, f32x4.mul(value, z))
        value = v128.load(a2 + k)
        s20 = f32x4.add(s20, f32x4.mul(value, x))
        s21 = f32x4.add(s21, f32x4.mul(value, y))
        s22 = f32x4.add(s22, f32x4.mul(value, z))
        value = v128.load(a3 + k)
        s30 = f32x4.add(s30, f32x4.mul(value, x))
        s31 = f32x4.add(s31, f32x4.mul(value, y))
        s32 = f32x4.add(s32, f32x4.mul(value, z))
      }
      let t00 = total(s00), t01 = total(s01), t02 = total(s02)
      let t10 = total(s10), t11 = total(s11), t12 = total(s12)
      let t20 = total(s20), t21 = total(s21), t22 = total(s22)
      let t30 = total(s30), t31 = total(s31), t32 = total(s32)
      for (let k = whole; k < line; k += 4) {
        const x = load<f32>(b0 + k)
        const y = load<f32>(b1 + k)
        const z = load<f32>(b2 + k)
        let value = load<f32>(a0 + k)
        t00 += value * x
        t01 += value * y
        t02 += value * z
        value = load<f32>(a1 + k)
        t10 += value * x
        t11 += value * y
        t12 += value * z
        value = load<f32>(a2 + k)
        t20 += value * x
        t21 += value * y
        t22 += value * z
        value = load<f32>(a3 + k)
        t30 += value * x
        t31 += value * y
        t32 += value * z
      }
      let o = out + <usize>r * outLine + ((<usize>c) << 2)
      store<f32>(o, t00)
      store<f32>(o, t01, 4)
      store<f32>(o, t02, 8)
      o += outLine
      store<f32>(o, t10)
      store<f32>(o, t11, 4)
      store<f32>(o, t12, 8)
      o += outLine
      store<f32>(o, t20)
      store<f32>(o, t21, 4)
      store<f32>(o, t22, 8)
      o += outLine
      store<f32>(o, t30)
      store<f32>(o, t31, 4)
      store<f32>(o, t32, 8)
    }
    for (; c < columns; c++) {
      for (let i = 0; i < 4; i++) one(out, a, b, r + i, c, columns, line, whole)
    }
  }
  for (; r < rows; r++) for (let c = 0; c < columns; c++) one(out, a, b, r, c, columns, line, whole)
}

/** One number of a product. */
function one(out: usize, a: usize, b: usize, r: i32, c: i32, columns: i32, line: usize, whole: usize): void {
  const a0 = a + <usize>r * line
  const b0 = b + <usize>c * line
  let sum = f32x4.splat(0)
  for (let k: usize = 0; k < whole; k += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a0 + k), v128.load(b0 + k)))
  let rest = total(sum)
  for (let k = whole; k < line; k += 4) rest += load<f32>(a0 + k) * load<f32>(b0 + k)
  store<f32>(out + ((<usize>(r * columns + c)) << 2), rest)
}

/** out (columns, rows) = a (rows, columns), turned, in blocks that stay in the cache. */
export function transposed(out: usize, a: usize, rows: i32, columns: i32): void {
  for (let from = 0; from < columns; from += 16) {
    const to = min(from + 16, columns)
    for (let r = 0; r < rows; r++) {
      const line = a + ((<usize>(r * columns)) << 2)
      for (let c = from; c < to; c++) {
        store<f32>(out + ((<usize>(c * rows + r)) << 2), load<f32>(line + ((<usize>c) << 2)))
      }
    }
  }
}

/** A step of Adam on `count` weights. rate, scale: with the corrections of this step, as in adam.js. */
export function adam(
  weights: usize, grads: usize, mean: usize, square: usize, count: i32, rate: f32, scale: f32, beta1: f32, beta2: f32, eps: f32,
): void {
  const whole: usize = (<usize>(count & ~3)) << 2
  const end: usize = (<usize>count) << 2
  const fresh1 = f32x4.splat(1 - beta1)
  const fresh2 = f32x4.splat(1 - beta2)
  const rates = f32x4.splat(rate)
  const scales = f32x4.splat(scale)
  const little = f32x4.splat(eps)
  for (let i: usize = 0; i < whole; i += 16) {
    const g = v128.load(grads + i)
    const m = v128.load(mean + i)
    const v = v128.load(square + i)
    const m2 = f32x4.add(m, f32x4.mul(fresh1, f32x4.sub(g, m)))
    const v2 = f32x4.add(v, f32x4.mul(fresh2, f32x4.sub(f32x4.mul(g, g), v)))
    v128.store(mean + i, m2)
    v128.store(square + i, v2)
    const by = f32x4.div(f32x4.mul(rates, m2), f32x4.add(f32x4.mul(f32x4.sqrt(v2), scales), little))
    v128.store(weights + i, f32x4.sub(v128.load(weights + i), by))
  }
  for (let i = whole; i < end; i += 4) {
    const g = load<f32>(grads + i)
    const m = load<f32>(mean + i) + (1 - beta1) * (g - load<f32>(mean + i))
    const v = load<f32>(square + i) + (1 - beta2) * (g * g - load<f32>(square + i))
    store<f32>(mean + i, m)
    store<f32>(square + i, v)
    store<f32>(weights + i, load<f32>(weights + i) - (rate * m) / (sqrt<f32>(v) * scale + eps))
  }
}
