// Rows of pictures, each with a caption; as a grid under column heads, or as lines that wrap. A click on a picture of a
// gallery that can be picked from tells Python its row and column.

import { html, nothing, render } from "../../vendor/lit-html.js"
import { arrowKey, oneStop } from "../../input/arrows.js"
import { isTrace, paintAll, picturesFrom, proportions } from "../picture.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery")
  if (!root || !data) return
  const { rows, heads, pick } = data
  const pictures = rows.map((row) => picturesFrom(row.pictures))
  root.className = ["gallery", heads && "grid", pick && "pick"].filter(Boolean).join(" ")
  root.style.setProperty("--tile", `${data.tile}px`)
  root.style.setProperty("--columns", String(Math.max(...rows.map((row) => row.tiles.length))))
  const tile = (one, picture, place) => {
    const [wide, high] = proportions(picture)
    const caption = heads ? (one.wrong ? one.reads : "") : one.caption
    const inside = html`<canvas
        role="img"
        aria-label=${one.alt}
        style=${`aspect-ratio: ${wide} / ${high}`}
      ></canvas>
      ${caption ? html`<small>${caption}</small>` : nothing}`
    const classes = ["tile", one.wrong && "wrong", isTrace(picture) && "long"].filter(Boolean).join(" ")
    if (!pick) return html`<figure class=${classes} title=${one.alt}>${inside}</figure>`
    const send = () => setTriggerValue("picked", place)
    return html`<button type="button" class=${classes} title=${one.alt} @click=${send}>${inside}</button>`
  }
  const tiles = (row, place) => row.tiles.map((one, column) => tile(one, pictures[place][column], [place, column]))
  const line = (row, place) =>
    heads
      ? html`<div class="tiles"><span class="side">${row.title}</span>${tiles(row, place)}</div>`
      : html`<div>${row.title ? title(row) : nothing}<div class="tiles">${tiles(row, place)}</div></div>`
  const top = heads
    ? html`<div class="tiles">
        <span class="side"></span>${heads.map((head) => html`<span class="head">${head}</span>`)}
      </div>`
    : nothing
  render([top, ...rows.map(line)], root)
  paintAll(root, pictures.flat())
  if (!pick) return
  const buttons = [...root.querySelectorAll("button")]
  oneStop(buttons)
  root.onkeydown = (event) => arrowKey(event, buttons, heads ? heads.length : 1)
}

const title = ({ title, note, color }) =>
  html`<div class="title">
    ${color ? html`<i style=${`background: ${color}`}></i>` : nothing}<b>${title}</b><span>${note}</span>
  </div>`
