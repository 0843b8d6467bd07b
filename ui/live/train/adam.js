// Adam, as torch.optim.Adam takes its steps (Kingma & Ba 2015, arXiv:1412.6980).

import { DOUBLE } from "./products.js"

const [BETA1, BETA2, EPS] = [0.9, 0.999, 1e-8]

export class Adam {
  steps = 0

  /**
   * @param {number} count  of the weights
   * @param {number} [beta1]
   * @param {import("./products.js").Arithmetic} [arithmetic]
   */
  constructor(count, beta1 = BETA1, arithmetic = DOUBLE) {
    this.beta1 = beta1
    this.arithmetic = arithmetic
    this.mean = arithmetic.array(count) // of the gradients
    this.square = arithmetic.array(count)
  }

  /** Moves the weights, in place. */
  step(weights, grads, lr) {
    const { mean, square, beta1 } = this
    this.steps++
    const rate = lr / (1 - beta1 ** this.steps)
    const scale = 1 / Math.sqrt(1 - BETA2 ** this.steps)
    const { adam } = this.arithmetic
    if (adam) return adam(weights, grads, mean, square, [rate, scale, beta1, BETA2, EPS])
    for (let i = 0; i < weights.length; i++) {
      mean[i] += (1 - beta1) * (grads[i] - mean[i])
      square[i] += (1 - BETA2) * (grads[i] * grads[i] - square[i])
      weights[i] -= (rate * mean[i]) / (Math.sqrt(square[i]) * scale + EPS)
    }
  }
}
