// The standard normal distribution: its cumulative distribution function and the inverse.

/** P(Z < z), to 1e-7 (Abramowitz & Stegun 1964, 7.1.26). */
export function normalShare(z) {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const half = 0.5 * tail * Math.exp(-x * x)
  return z < 0 ? half : 1 - half
}

/** The z with P(Z < z) = share, by bisection; beyond (0.0001, 0.9999) its ends. */
export function inverseNormal(share) {
  const wanted = Math.min(Math.max(share, 1e-4), 1 - 1e-4)
  let [low, high] = [-4, 4]
  for (let i = 0; i < 26; i++) {
    const middle = (low + high) / 2
    if (normalShare(middle) < wanted) low = middle
    else high = middle
  }
  return (low + high) / 2
}
