// The visitor's picture as the network takes it, and what comes back.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { pictureOf } from "../../../ui/output/galaxy.js"
import { bytesFrom, paintPicture } from "../../../ui/output/picture.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".own")
  if (!root || !data) return
  const figure = ({ title, alt }) => html`<figure>
    <canvas width="128" height="128" role="img" aria-label=${alt}></canvas><figcaption><b>${title}</b></figcaption></figure>`
  render(data.pictures.map(figure), root.querySelector(".two"))
  render(
    html`<button type="button" class="from" @click=${() => setTriggerValue("walk", true)}>Walk from it</button>`,
    root.querySelector(".tools"),
  )
  root.querySelectorAll("canvas").forEach(async (canvas, i) => {
    const picture = await pictureOf(bytesFrom(data.pictures[i].webp))
    if (canvas.isConnected) paintPicture(/** @type {any} */ (canvas), picture)
  })
}
