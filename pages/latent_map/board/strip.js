// Below the maps: the digits that are marked, with their classes.

import { html, nothing } from "../../../ui/vendor/lit-html.js"
import { aDigit } from "../../../ui/output/article.js"

const TILES = 36

/** Which of the marked digits stand there. @param {number[]} marked */
export const inStrip = (board, marked) => (board.pixels ? marked.slice(0, TILES) : [])

/**
 * @param {number[]} marked  in order
 * @param {(digit: number) => number} labelOf
 */
export function strip(board, marked, labelOf) {
  if (!marked.length) return nothing
  const tile = (digit) =>
    html`<figure title=${`Test digit ${english(digit)}`} style=${`--class: ${board.colors[labelOf(digit)]}`}
      @pointerenter=${() => board.pointAt(digit)} @pointerleave=${() => board.pointAt(null)}>
      <canvas role="img" aria-label=${`Test digit ${digit}, ${aDigit(labelOf(digit))}`}></canvas>
      <figcaption>${labelOf(digit)}</figcaption>
    </figure>`
  return html`<div class="strip"><p>${describe(marked, labelOf)}</p>
    <button type="button" title="Clear the marks (Escape)" @click=${() => board.mark([])}>Clear</button>
    <div>${inStrip(board, marked).map(tile)}</div></div>`
}

function describe(marked, labelOf) {
  const [first] = marked
  if (marked.length === 1) return `Test digit ${english(first)}, ${aDigit(labelOf(first))}, marked on every map.`
  const counts = Array(10).fill(0)
  for (const digit of marked) counts[labelOf(digit)] += 1
  const classes = counts
    .map((count, label) => [count, label])
    .filter(([count]) => count)
    .sort((a, b) => b[0] - a[0])
  const more = marked.length > TILES ? ` The first ${TILES}:` : ""
  const words = classes.map(([count, label]) => `${english(count)} × ${label}`).join(", ")
  return `${english(marked.length)} digits: ${words}.${more}`
}

const english = (number) => number.toLocaleString("en")
