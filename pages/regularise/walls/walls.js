// Walls of kernels side by side, one a network.

import { bytesFrom } from "../../../ui/output/picture.js"
import { paintWall } from "../wall/kernels.js"

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".walls")
  if (!root || !data) return
  root.replaceChildren(
    ...data.walls.map(({ label, values }) => {
      const figure = document.createElement("figure")
      const canvas = document.createElement("canvas")
      const caption = document.createElement("figcaption")
      canvas.setAttribute("role", "img")
      canvas.setAttribute("aria-label", `Kernels of ${label}`)
      caption.textContent = label
      const weights = Float32Array.from(bytesFrom(values), (byte) => byte / 127.5 - 1)
      const count = weights.length / 784
      paintWall(canvas, weights, new Float32Array(count).fill(1), 1, count, Math.ceil(Math.sqrt(count)))
      figure.append(canvas, caption)
      return figure
    }),
  )
}
