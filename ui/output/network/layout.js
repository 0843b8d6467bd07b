// The elements of a row: a figure for each box, those of encoder, code and decoder together.

import { html, nothing, render } from "../../vendor/lit-html.js"
import { grid } from "./bars.js"
import { pickNumber, walkNumbers } from "./hand.js"

/** @param {import("./row.js").Row} row */
export function layOut(row) {
  const { boxes, code } = row.plan
  const pictured = (box) => box === code || box.kind === "input" || box.kind === "output"
  const shown = boxes.filter((box) => box.kind !== "label" && (!row.compact || pictured(box)))
  const half = code ? shown.indexOf(code) : shown.length
  const parts = [shown.slice(0, half), shown.slice(half, half + 1), shown.slice(half + 1)]
  const funnel = (name) => (row.compact && code ? html`<div class="funnel" data-way=${name}>${name}</div>` : nothing)
  const [encoder, middle, decoder] = parts.map((part) => part.map((box) => boxFigure(row, box)))
  render(
    html`<div class="part">${encoder}</div>
      ${funnel("Encoder")}
      <div class="part middle">${middle}</div>
      ${funnel("Decoder")}
      <div class="part">${decoder}</div>
      <svg class="skips" aria-hidden="true"></svg>`,
    row.root,
  )
}

/** @param {import("./boxes.js").Box} box */
function boxFigure(row, box) {
  const { plan, message } = row
  const place = plan.boxes.indexOf(box)
  if (box.kind === "code" && row.bars) {
    const n = box.shape[0]
    const { rows, columns } = grid(n)
    return html`<figure class="box bars" data-box=${place} style=${`--rows: ${rows}; --columns: ${columns}`}>
      <div
        class="code"
        tabindex="0"
        role="slider"
        aria-orientation="vertical"
        aria-valuenow="0"
        aria-label=${`Code of ${message.title}`}
        aria-description=${row.compact ? "Enter opens the number, Space the picture that comes out." : nothing}
      >
        <canvas></canvas>
      </div>
      <figcaption>
        <b>${numbers(n)}</b> <span class="value"></span>
        <button type="button" class="sample" title="z = μ + σ ⊙ ε: a code from this digit's own distribution"
          @click=${() => row.sample()}>Draw z</button>
      </figcaption>
    </figure>`
  }
  const picture = box.kind === "input" || box.kind === "output"
  const canvas = html`<canvas></canvas><i class="mark" hidden></i>`
  const what = `${box.kind === "output" ? "What comes out" : `Activations, ${box.shape.join(" by ")}`}: how a number comes about`
  const shape =
    box.kind === "input"
      ? html`<div class="shape"><canvas role="img" aria-label=${place === 0 ? "What goes in" : "What is missing"}></canvas></div>`
      : html`<div
          class="shape"
          role="button"
          tabindex=${row.compact ? -1 : 0}
          title=${row.compact ? "Click: how a pixel comes about" : ""}
          aria-label=${what}
          @click=${(event) => pickNumber(row, event, box)}
          @keydown=${(event) => walkNumbers(row, event, box)}
        >
          ${canvas}
        </div>`
  return html`<figure class=${`box ${picture ? "picture" : "sheet"}`} data-box=${place}>
    ${shape}
    <figcaption>${caption(row, box)}</figcaption>
  </figure>`
}

function caption(row, box) {
  const { plan } = row
  if (box.kind === "input") return box === plan.boxes[0] ? "In" : "Missing"
  if (box.kind === "output") return html`<span class="out">Out</span>`
  const size = box.shape.length === 3 ? box.shape.join("\u2009\u00d7\u2009") : numbers(box.shape[0])
  if (box.kind === "code") return html`<b>Code</b> ${size}`
  return size
}

export const numbers = (n) => `${n.toLocaleString("en")} ${n === 1 ? "number" : "numbers"}`
