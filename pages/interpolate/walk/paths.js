// The paths of aecore/latent/paths.py: from code a to code b, t from 0 to 1.

/** latent.lerp; of pictures it is the cross-fade. */
export const lerp = (a, b, t) => a.map((value, i) => (1 - t) * value + t * b[i])

/** latent.slerp: White 2016, "Sampling Generative Networks", arXiv:1609.04468. */
export function slerp(a, b, t) {
  const omega = angleBetween(a, b)
  if (Math.sin(omega) < 1e-4) return lerp(a, b, t)
  const [fromA, fromB] = [Math.sin((1 - t) * omega) / Math.sin(omega), Math.sin(t * omega) / Math.sin(omega)]
  return a.map((value, i) => fromA * value + fromB * b[i])
}

function angleBetween(a, b) {
  const dot = (p, q) => p.reduce((sum, value, i) => sum + value * q[i], 0)
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths ? Math.acos(Math.min(1, Math.max(-1, dot(a, b) / lengths))) : 0
}

export const PATHS = { linear: lerp, spherical: slerp }
