// A board of digits: one digit a column, and down the column what each network makes of it. The column under the
// pointer is marked in every row; a click, or Enter, tells Python which column it was.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { arrowKey, oneStop } from "../../../ui/input/arrows.js"
import { paintAll, picturesFrom } from "../../../ui/output/picture.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".board")
  if (!root || !data) return
  const columns = data.columns.length
  root.style.setProperty("--columns", columns)
  root.setAttribute("aria-label", data.label)
  const cell = (tile, column) =>
    html`<button type="button" class=${tile.wrong ? "cell wrong" : "cell"} title=${tile.alt}
      @click=${() => setTriggerValue("picked", column)} @focus=${() => mark(column)} @pointerenter=${() => mark(column)}
      ><canvas role="img" aria-label=${tile.alt}></canvas><small>${tile.caption}</small></button>`
  render(
    data.rows.map((row) => html`${head(row)}${row.tiles.map(cell)}`),
    root,
  )
  paintAll(
    root,
    data.rows.flatMap((row) => picturesFrom(row.pictures)),
  )
  const cells = [...root.querySelectorAll("button")]
  const mark = (column) => cells.forEach((box, i) => box.classList.toggle("over", i % columns === column))
  oneStop(cells)
  root.onpointerleave = () => mark(-1)
  root.onkeydown = (event) => arrowKey(event, cells, columns)
}

const head = ({ title, note, color }) =>
  html`<div class="head">
    <b>${color ? html`<i style=${`background: ${color}`}></i>` : nothing}${title}</b><span>${note}</span>
  </div>`
