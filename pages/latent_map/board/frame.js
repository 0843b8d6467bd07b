// What stands around a map, and in its corner the visitor's digit on it.

import { html, nothing } from "../../../ui/vendor/lit-html.js"

/** A panel's frame; what is drawn on its canvases is painted elsewhere. */
export function panelFrame(panel) {
  const { spec, note } = panel
  const about =
    `${spec.title}: a map of test digits. ${spec.summary} ` +
    "Arrow keys move a point, Enter marks the nearest digit, plus and minus zoom, Escape lets go."
  return html`<header>
      <i style=${`background: ${spec.color}`}></i>
      <h3 title=${spec.summary}>${spec.title}</h3>
      <small>${subtitle(panel)}</small>
      <button type="button" data-do="in" title="Zoom in (+)" aria-label="Zoom in" @click=${() => panel.zoom(1.6)}
        >+</button>
      <button type="button" data-do="out" title="Zoom out (-)" aria-label="Zoom out" @click=${() => panel.zoom(1 / 1.6)}
        >&minus;</button>
      <button type="button" data-do="fit" title="Show all (0)" aria-label="Show all" @click=${() => panel.fit()}>
        <svg viewBox="0 0 16 16"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" /></svg>
      </button>
    </header>
    <div class="ground">
      <div class="plot" tabindex="0" role="application" aria-label=${about}>
        <canvas class="back"></canvas><canvas class="base"></canvas><canvas class="over"></canvas>
        <p class="note">${note}</p>
      </div>
      <div class="own" ?hidden=${!panel.own?.recon}>${panel.own?.recon ? corner(panel) : nothing}</div>
    </div>
    <dl>${spec.numbers.map(number)}</dl>`
}

function subtitle({ spec, board, own }) {
  const waits = spec.place === "server" && board.own.digit && !own
  return waits ? `placing ${board.own.digit.name.toLowerCase()} …` : spec.subtitle
}

const number = ({ label, value, arrow, help }) =>
  html`<div title=${help}><dt>${label} ${arrow}</dt><dd>${value}</dd></div>`

function corner(panel) {
  const { own, board, epsilon } = panel
  const { name } = board.own.digit
  const third = own.sample ? `ε ${pair(epsilon)}` : "z = μ + σ ⊙ ε"
  const lines = own.sigma ? [`μ ${pair(own.mu)}`, `σ ${pair(own.sigma)}`, third] : [name, `z ${pair(own.at)}`]
  const buttons = html`<button type="button" @click=${() => panel.resample()}
      title="Draw another code from the posterior of this digit: z = μ + σ ⊙ ε">Resample ε</button>
    <button type="button" @click=${() => panel.approach()}
      title="Zoom in until the posterior's ellipse is in sight">Zoom</button>`
  return html`<div>
      <canvas role="img" aria-label=${name}></canvas><b aria-hidden="true">&rarr;</b>
      <canvas role="img" aria-label=${`${name}, rebuilt from its place on this map`}></canvas>
    </div>
    <p>${lines.join("\n")}</p>
    ${own.sigma ? buttons : nothing}`
}

const pair = (values) => `(${[...values].map((value) => value.toFixed(2).replace("-", "−")).join(", ")})`
