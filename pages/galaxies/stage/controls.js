// The stage's two ends, its ways, its strip of steps and its legend.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"

const WAYS = { code: "50 numbers", fade: "Cross-fade" }
export const STEPS = 8 // pictures in the strip: the two galaxies, and six between them

/** Writes all that stands around the walk; what is painted on its canvases is not touched. @param {any} stage */
export function writeControls(stage) {
  const { kinds } = stage.data
  const end = (side) => {
    const galaxy = stage.pair[side]
    const label = "AB"[side]
    const text = galaxy ? html`<b>${label}</b> ${galaxy.title ?? kinds[galaxy.kind].title}` : ""
    return html`<figure class=${`end ${side ? "b" : "a"}`}>
      <canvas role="img" width="128" height="128" aria-label=${`Galaxy ${label}${galaxy ? `: ${kinds[galaxy.kind]?.title ?? ""}` : ""}`}></canvas>
      <figcaption><span>${text}</span>
        <button type="button" class="another" @click=${() => stage.another(side)}>Another ${label}</button></figcaption>
    </figure>`
  }
  render(
    html`${end(0)}
      <figure class="now"><canvas role="img" width="128" height="128" aria-label="Not drawn yet"></canvas>
        <figcaption><span></span></figcaption></figure>
      ${end(1)}`,
    stage.find(".three"),
  )
  const ways = radios(
    Object.keys(WAYS),
    stage.way,
    (way) => stage.choose(way),
    (way) => WAYS[way],
  )
  render(ways, stage.find(".ways"))
  const here = Math.round(stage.t * (STEPS - 1))
  const tile = (i) => html`<button type="button" class=${i === here ? "here" : ""}
    aria-label=${i === 0 ? "Galaxy A" : i === STEPS - 1 ? "Galaxy B" : `Step ${i} of the way`}
    @click=${() => {
      stage.play(false)
      stage.goTo(i / (STEPS - 1))
    }}><canvas width="128" height="128"></canvas></button>`
  render(
    Array.from({ length: STEPS }, (_, i) => tile(i)),
    stage.find(".strip"),
  )
  stage.slider.valueAsNumber = stage.t
  stage.slider.setAttribute("aria-valuetext", `${Math.round(100 * stage.t)}% of the way`)
  render(
    kinds.map(({ title, color }) => html`<span><i style=${`background: ${color}`}></i>${title}</span>`),
    stage.find(".legend"),
  )
}
