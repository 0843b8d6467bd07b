// The classes behind their button above the maps: each with its colour, and a way to hide it or all others.

import { html } from "../../../ui/vendor/lit-html.js"

export function legend(board) {
  const { hidden } = board
  const without = (label) => [...hidden].filter((other) => other !== label)
  const toggle = (label) => board.setHidden(hidden.has(label) ? without(label) : [...hidden, label])
  const only = (label) => board.setHidden([...board.colors.keys()].filter((other) => other !== label))
  const button = (color, label) =>
    html`<button type="button" title=${`Show or hide the ${label}s; double click: only the ${label}s`}
      aria-pressed=${!hidden.has(label)} @click=${() => toggle(label)} @dblclick=${() => only(label)}
      ><i style=${`background: ${color}`}></i>${label}</button>`
  const shown = [...board.colors.keys()].filter((label) => !hidden.has(label))
  return html`<details class="classes">
    <summary>${hidden.size ? `Classes: ${shown.join(", ") || "none"}` : "Classes"}</summary>
    <div class="legend" role="group" aria-label="Classes shown">${board.colors.map(button)}
      <button type="button" ?disabled=${!hidden.size} @click=${() => board.setHidden([])}>All</button>
    </div>
  </details>`
}
