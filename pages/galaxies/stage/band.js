// The class along the way: the classifier's probabilities as a band, one on top of the other.

import { contextOf } from "../../../ui/output/picture.js"
import { between } from "../sky.js"

/**
 * Paints the band.
 * @param {any} canvas  as wide as it is on the screen
 * @param {Float32Array[]} classes  probabilities at places from A to B
 * @param {{title: string, color: string}[]} kinds
 * @returns {string[]} the likeliest classes in turn; none while the canvas has no size
 */
export function paintBand(canvas, classes, kinds) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.round(size * devicePixelRatio))
  if (!width) return []
  Object.assign(canvas, { width, height })
  const context = contextOf(canvas)
  const last = classes.length - 1
  for (let x = 0; x < width; x++) {
    const at = (x / Math.max(1, width - 1)) * last
    const i = Math.min(last - 1, Math.floor(at))
    const p = between(classes[i], classes[i + 1], at - i)
    let from = 0
    p.forEach((share, kind) => {
      context.fillStyle = kinds[kind].color
      context.fillRect(x, from * height, 1, share * height + 1)
      from += share
    })
  }
  const best = (p) => kinds[p.indexOf(Math.max(...p))].title
  const along = classes.map(best).filter((name, i, all) => name !== all[i - 1])
  canvas.setAttribute("aria-label", `The class along the way: ${along.join(", then ")}`)
  return along
}
