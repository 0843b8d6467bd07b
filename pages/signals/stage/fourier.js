// Fourier transforms of a trace of 500 samples, by the plain sums: they take less than a millisecond.

const SAMPLES = 500
const HALF = SAMPLES / 2
const COS = Float64Array.from({ length: SAMPLES }, (_, i) => Math.cos((2 * Math.PI * i) / SAMPLES))
const SIN = Float64Array.from({ length: SAMPLES }, (_, i) => Math.sin((2 * Math.PI * i) / SAMPLES))

/** Coefficients 0 to 250 of 500 real numbers. @param {ArrayLike<number>} x */
export function transform(x) {
  const re = new Float64Array(HALF + 1)
  const im = new Float64Array(HALF + 1)
  for (let k = 0; k <= HALF; k++) {
    let [a, b, place] = [0, 0, 0]
    for (let t = 0; t < SAMPLES; t++) {
      a += x[t] * COS[place]
      b -= x[t] * SIN[place]
      place += k
      if (place >= SAMPLES) place -= SAMPLES
    }
    re[k] = a
    im[k] = b
  }
  return { re, im }
}

/** The real numbers that have these coefficients. */
export function inverse(re, im) {
  const { re: x } = analytic(re, im)
  const ends = (t) => (re[0] + (t % 2 ? -1 : 1) * re[HALF]) / SAMPLES // in `analytic` they count twice
  return x.map((value, t) => value - ends(t))
}

/** Twice the sum over the coefficients from 0 to 250 alone: a complex signal whose absolute value is the envelope. */
export function analytic(re, im) {
  const [outRe, outIm] = [new Float64Array(SAMPLES), new Float64Array(SAMPLES)]
  for (let k = 0; k <= HALF; k++) {
    if (!re[k] && !im[k]) continue
    const [a, b] = [(2 * re[k]) / SAMPLES, (2 * im[k]) / SAMPLES]
    let place = 0
    for (let t = 0; t < SAMPLES; t++) {
      outRe[t] += a * COS[place] - b * SIN[place]
      outIm[t] += a * SIN[place] + b * COS[place]
      place += k
      if (place >= SAMPLES) place -= SAMPLES
    }
  }
  return { re: outRe, im: outIm }
}

/** |coefficient| of each frequency. */
export function sizes(x) {
  const { re, im } = transform(x)
  return re.map((value, k) => Math.hypot(value, im[k]))
}
