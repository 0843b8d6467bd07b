// Curves in the plane, as points that lie exactly on them. The twin of aecore/data/plane.py.

/** @type {Object<string, (t: number) => number[]>} */
const CURVES = {
  branches(t) {
    const x = 4 * (t % 0.5) - 1
    return [x, (t < 0.5 ? 1 : -1) * (0.22 + 0.22 * x * x)]
  },
  moons(t) {
    const angle = 2 * Math.PI * (t % 0.5)
    const way = t < 0.5 ? 1 : -1 // the second moon is the first, turned by half a turn
    return [way * (-0.32 + 0.64 * Math.cos(angle)), way * (-0.06 + 0.64 * Math.sin(angle))]
  },
  circle(t) {
    return [0.8 * Math.cos(2 * Math.PI * t), 0.8 * Math.sin(2 * Math.PI * t)]
  },
  spiral(t) {
    const way = Math.sqrt(0.04 + 0.96 * t)
    return [way * Math.cos(3.5 * Math.PI * way), way * Math.sin(3.5 * Math.PI * way)]
  },
}

/** Points of a curve, (2 * count): x, y, x, y and so on. */
export function curve(name, count = 120) {
  const points = new Float64Array(2 * count)
  for (let i = 0; i < count; i++) points.set(CURVES[name]((i + 0.5) / count), 2 * i)
  return points
}
