// The measured curves over the code's size, and on them the pictures of the stage: a dot each, where the slider stands.

import { html, render, svg } from "../../../ui/vendor/lit-html.js"

const HEIGHT = 330
const EDGE = { left: 30, right: 14, top: 26, bottom: 40 }
const NAMED = 4 // place where the lines are named: there they lie apart
const MOST = 50 // dB: what is better is drawn here
const STEP = 10

/**
 * Draws the chart; a finger or mouse on it sets the size.
 * @param {HTMLElement} figure
 * @param {any} shown  the stage's message, with the place of the slider and the columns as they stand
 * @param {{goTo: (place: number) => void, send: (place: number) => void, place: number}} stage
 */
export function chart(figure, { sizes, curves, colors, place, columns }, stage) {
  const width = Math.max(figure.clientWidth, 240)
  const last = sizes.length - 1
  const inner = width - EDGE.left - EDGE.right
  const x = (i) => EDGE.left + (i / last) * inner
  const y = (dB) => EDGE.top + (1 - Math.min(Math.max(dB, 0), MOST) / MOST) * (HEIGHT - EDGE.top - EDGE.bottom)
  const path = (values) => values.map((dB, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(dB).toFixed(1)}`).join("")
  const band = `${path(curves.high)}${[...curves.low.keys()]
    .reverse()
    .map((i) => `L${x(i).toFixed(1)} ${y(curves.low[i]).toFixed(1)}`)
    .join("")}Z`
  const lines = ["pca", "network"].flatMap((way) => ["strangers", "digits"].map((kind) => ({ way, kind })))
  const beside = (kind, pick, gap) => y(pick(curves.network[kind][NAMED], curves.pca[kind][NAMED])) + gap
  const names = [
    { name: "Digits", at: beside("digits", Math.max, -18) },
    { name: "Strangers", at: beside("strangers", Math.min, 24) },
  ]
  const dots = columns
    .map(({ id, label, back }) => ({ id, label, ...back.find(({ way }) => way === "network") }))
    .filter(({ x, old }) => x && !old)
    .reverse() // the digit's own lies on top
  const setFrom = (event) => {
    const box = event.currentTarget.getBoundingClientRect()
    stage.goTo(Math.round(((event.clientX - box.left - EDGE.left) / inner) * last))
  }
  const down = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    setFrom(event)
  }
  const move = (event) => event.currentTarget.hasPointerCapture(event.pointerId) && setFrom(event)
  const few = inner / last < 34
  const ticks = Array.from({ length: MOST / STEP + 1 }, (_, i) => i * STEP)
  const tell = `PSNR over the code's size. At ${sizes[place].toLocaleString("en")} numbers, all test pictures: digits
    ${curves.network.digits[place].toFixed(1)} dB, strangers ${curves.network.strangers[place].toFixed(1)} dB; by PCA
    ${curves.pca.digits[place].toFixed(1)} and ${curves.pca.strangers[place].toFixed(1)} dB.`
  render(
    html`<svg height=${HEIGHT} role="img" aria-label=${tell.replace(/\s+/g, " ")} @pointerdown=${down}
      @pointermove=${move} @pointerup=${() => stage.send(stage.place)}>
      <text class="quiet" x="0" y="12">PSNR in dB: lines are all test pictures, dots the four here</text>
      ${ticks.map(
        (dB) => svg`<line class="grid-line" x1=${EDGE.left} x2=${EDGE.left + inner} y1=${y(dB)} y2=${y(dB)} />
          <text class="quiet" x=${EDGE.left - 8} y=${y(dB) + 4} text-anchor="end">${dB}</text>`,
      )}
      ${sizes.map((size, i) =>
        few && i % 2
          ? ""
          : svg`<text class="quiet" x=${x(i)} y=${HEIGHT - EDGE.bottom + 18} text-anchor="middle"
              >${size >= 1000 ? `${size / 1000}k` : size}</text>`,
      )}
      <text class="quiet" x=${EDGE.left + inner / 2} y=${HEIGHT - 4} text-anchor="middle">numbers in the code</text>
      <path d=${band} style=${`fill: ${colors.network}; opacity: 0.14; stroke: none`} />
      <line class="now" x1=${x(place)} x2=${x(place)} y1=${EDGE.top} y2=${HEIGHT - EDGE.bottom} />
      ${lines.map(
        ({ way, kind }) =>
          svg`<path class=${`${way} ${kind}`} d=${path(curves[way][kind])} style=${`stroke: ${colors[way]}`} />`,
      )}
      ${names.map(({ name, at }) => svg`<text x=${x(NAMED)} y=${at} text-anchor="middle">${name}</text>`)}
      ${dots.map(
        ({ id, label, psnr }) =>
          svg`<circle class="halo" data-dot=${id} data-psnr=${psnr.toFixed(2)} cx=${x(place)} cy=${y(psnr)} r="6"
            style=${`fill: ${id === "digit" ? colors.network : "var(--st-text-color)"}`}
            ><title>${label}: ${psnr.toFixed(1)} dB</title></circle>`,
      )}
    </svg>`,
    figure,
  )
}
