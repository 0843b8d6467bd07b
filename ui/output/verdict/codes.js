// What became of a digit behind a code, in the browser, where it follows the pen.

/**
 * What a rule does to a wide code: how many units answer to a digit, and how well they copy it.
 * @param {{ on: number, psnr: number }} copy  of the chosen network
 * @param {{ on: number, psnr: number } | undefined} free  of the one without a rule; may be the same
 * @param {number} units  in each code
 */
export function lit(copy, free, units) {
  if (!free || copy === free) return `Without a rule, ${copy.on} of ${units} units answer to it.`
  const gain = Math.round(10 * copy.psnr) - Math.round(10 * free.psnr) // tenths, of the rounded numbers
  const how = gain ? `${(Math.abs(gain) / 10).toFixed(1)} dB ${gain > 0 ? "better than" : "worse than"}` : "as well as"
  return `${copy.on} units copy it ${how} ${free.on} without a rule.`
}
