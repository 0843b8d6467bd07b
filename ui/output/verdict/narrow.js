// What a code of some size makes of a digit and of static, in the browser, where it follows the slider and the pen.

const FLAT = 10.8 // dB: a flat grey page for static, whose pixels vary by 1/12
const COPY = 30 // dB: from here on static comes back as static
const GHOST = 7 // dB: from here on one sees what static it was
const BLUR = 14.5 // dB: below, a digit is hardly one

/**
 * What to notice.
 * @param {number} digit  PSNR of the digit that came back, in dB
 * @param {number} noise  the same of static
 */
export function through(digit, noise) {
  if (noise > COPY) return "Wide enough to copy anything, noise too."
  if (noise > FLAT) return "Wide: strangers come back as themselves, only blurred."
  if (digit < BLUR) return "Too narrow, even for this digit: some digit comes out, whatever goes in."
  if (noise > GHOST) return "The digit comes back, and strangers begin to shine through."
  return "The digit comes back. Strangers come back as strokes of digits."
}
