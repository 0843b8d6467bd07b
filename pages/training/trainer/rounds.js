// A network of sigmoid units, 784-h-784, that learns without Adam: by recirculation, or by back-propagation beside it. The
// twin of aecore/learning/recirculation.py.

import { Learner } from "./learner.js"
import { LOSSES, PIXELS, sigmoid } from "./losses.js"

const REGRESSION = 0.75 // so much of its first value a unit keeps when the second comes
const FASTER = 250 // plain descent takes so many times the rate of Adam: 1, at the page's 0.004

export class Rounds extends Learner {
  /** All hidden units are the code. */
  get latent() {
    return this.recipe.width
  }

  sizes() {
    const { width } = this.recipe
    return [
      [PIXELS, width],
      [width, PIXELS],
    ]
  }

  edge(fanIn, fanOut) {
    return Math.sqrt(6 / (fanIn + fanOut))
  }

  codeOf(x, rows) {
    const code = super.codeOf(x, rows)
    for (let i = 0; i < code.length; i++) code[i] = sigmoid(code[i])
    return code
  }

  forward(rows) {
    this.rows = rows
    this.z.set(this.codeOf(this.given, rows))
    this.logits = this.decoder.forward(this.z, rows)
    return this.logits
  }

  /** By how much to lower each weight: the gradient, or what one round tells. */
  backward() {
    if (this.loss.rule === "recirculation") return this.recirculate()
    const { rows, z, codeGrad } = this
    const byCode = /** @type {any} */ (this.decoder.backward(this.outGrad, rows, false, true))
    for (let i = 0; i < rows * this.latent; i++) codeGrad[i] = byCode[i] * z[i] * (1 - z[i])
    this.encoder.backward(codeGrad, rows)
  }

  /** Each weight learns from what its two ends say, before and after one round; no error is sent back. */
  recirculate() {
    const { rows, x, z, given, outGrad, codeGrad } = this
    const logits = /** @type {any} */ (this.logits)
    for (let i = 0; i < rows * PIXELS; i++) {
      const again = REGRESSION * x[i] + (1 - REGRESSION) * sigmoid(logits[i])
      outGrad[i] = (again - x[i]) / rows
      given[i] = again
    }
    this.decoder.backward(outGrad, rows)
    const code = this.codeOf(given, rows)
    for (let i = 0; i < code.length; i++) codeGrad[i] = ((1 - REGRESSION) * (code[i] - z[i])) / rows
    this.encoder.backward(codeGrad, rows)
  }

  /** A step down, of one size for all weights. */
  descend() {
    this.steps++
    const rate = FASTER * this.recipe.lr
    for (const { weights, grads } of [this.encoder, this.decoder]) {
      for (let i = 0; i < weights.length; i++) weights[i] -= rate * grads[i]
    }
  }
}

/** What learns by a recipe. */
export function learnerOf(digits, recipe, arithmetic, room = recipe.batch * recipe.copies) {
  return new (LOSSES[recipe.loss].rule ? Rounds : Learner)(digits, recipe, arithmetic, room)
}
