// What stands around a map: its head, the visitor's digit rebuilt from its place, the share inside the ring, its numbers.

import { html, nothing } from "../../../ui/vendor/lit-html.js"
import { INSIDE } from "./axes.js"

/** A panel's frame; what is drawn on its canvases is painted elsewhere. */
export function panelFrame(panel) {
  const { spec, note, board } = panel
  const about =
    `${spec.title}: a map of test digits. ${spec.summary} ` +
    "Arrow keys move a point, Enter marks the nearest digit, plus and minus zoom, Escape lets go."
  return html`<header>
      <i style=${`background: ${spec.color}`}></i>
      <h2 title=${spec.summary}>${spec.title}</h2>
      <small>${waits(panel)}</small>
      <span class="zoom">
        <button type="button" data-do="in" title="Zoom in (+)" aria-label="Zoom in" @click=${() => panel.zoom(1.6)}
          >+</button>
        <button type="button" data-do="out" title="Zoom out (-)" aria-label="Zoom out" @click=${() => panel.zoom(1 / 1.6)}
          >&minus;</button>
        <button type="button" data-do="fit" title="Show all (0)" aria-label="Show all" ?hidden=${panel.fits}
          @click=${() => panel.fit()}>
          <svg viewBox="0 0 16 16"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" /></svg>
        </button>
      </span>
      <button type="button" class="grow" aria-pressed=${board.wide === spec.id} aria-label=${`Enlarge ${spec.title}`}
        @click=${() => board.grow(spec.id)}>
        <svg viewBox="0 0 16 16"><path d="M9 2h5v5M14 2l-5 5M7 14H2V9M2 14l5-5" /></svg>
      </button>
    </header>
    <div class="plot" tabindex="0" role="application" aria-label=${about}>
      <canvas class="back"></canvas><canvas class="base"></canvas><canvas class="over"></canvas>
      <p class="note">${note}</p>
    </div>
    <div class="own" ?hidden=${!panel.own?.recon}>${panel.own?.recon ? rebuilt(panel) : nothing}</div>
    ${spec.decodes && panel.points ? ring(panel) : nothing}
    <details class="numbers"><summary>More numbers</summary>
      ${spec.decodes && panel.points ? byClass(panel) : nothing}
      <dl>${spec.numbers.map(number)}</dl>
      <p>${spec.measured}</p>
    </details>`
}

function waits({ spec, board, own }) {
  return spec.place === "server" && board.own.digit && !own ? `placing ${board.own.digit.name.toLowerCase()} …` : ""
}

const number = ({ label, value, arrow, help }) =>
  html`<div title=${help}><dt>${label} ${arrow}</dt><dd>${value}</dd></div>`

const percent = (share) => `${Math.round(100 * share)}%`

/** How many codes the ring holds, in a sentence. */
function ring(panel) {
  const { all, of } = panel.ringed
  if (!of.length) return nothing
  return html`<p class="ring"><b>${percent(all)}</b> inside the ring; the prior has ${percent(INSIDE)}.</p>`
}

/** The same class by class, as bars, with a mark where N(0, I) would end. */
function byClass(panel) {
  const bar = ({ label, share }) =>
    html`<li style=${`--share: ${share}; --class: ${panel.board.colors[label]}`}><b>${label}</b><i></i>${percent(share)}</li>`
  return html`<p>Inside the ring, class by class; the mark is N(0, I).</p>
    <ul style=${`--prior: ${INSIDE}`}>${panel.ringed.of.map(bar)}</ul>`
}

/** The visitor's digit, its code, and what the network makes of that. */
function rebuilt(panel) {
  const { own, board, epsilon } = panel
  const { name } = board.own.digit
  const code = own.sigma ? `μ ${pair(own.mu)}, σ ${pair(own.sigma)}` : `z ${pair(own.at)}`
  const drawn = own.sample ? ` ε ${pair(epsilon)}` : ""
  const buttons = html`<span><button type="button" @click=${() => panel.resample()}
      title="Draw another code from the posterior of this digit: z = μ + σ ⊙ ε">Sample</button>
    <button type="button" @click=${() => panel.approach()}
      title="Zoom in until the posterior's ellipse is in sight">Zoom in</button></span>`
  return html`<canvas role="img" aria-label=${name}></canvas><b aria-hidden="true">&rarr;</b>
    <canvas role="img" aria-label=${`${name}, rebuilt from its place on this map`}></canvas>
    <p>${code}${drawn}</p>
    ${own.sigma ? buttons : nothing}`
}

const pair = (values) => `(${[...values].map((value) => value.toFixed(2).replace("-", "−")).join(", ")})`
