// Where a digit ends up that leaves its place along a direction, in the browser, where it follows the hand.

const ALIKE = 1.15 // times as far; a smaller difference is none

/**
 * Whether a network's direction keeps a digit nearer to digits than a random one.
 * @param {number} far  along both
 * @param {number} along  how far the picture is from what the network makes of it; NaN: nobody knows yet
 * @param {number} random  the same on the random way
 */
export function astray(far, along, random) {
  if (Math.abs(far) < 0.05) return "Slide: both begin at your digit."
  const [own, chance] = [Math.round(10 * along) / 10, Math.round(10 * random) / 10] // as they stand on the screen
  if (!(own > 0 && chance > 0)) return ""
  if (chance / own > ALIKE)
    return `It stays ${(chance / own).toFixed(1)} times closer to a digit than a random direction does.`
  if (own / chance > ALIKE) return "Here chance stays closer: this direction leaves the digits, too."
  return "Both are about as far from a digit."
}
