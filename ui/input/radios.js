// The buttons of a radio group: one is chosen and is the only tab stop, a press chooses, and so do arrow keys.

import { html, nothing } from "../vendor/lit-html.js"
import { arrowKey } from "./arrows.js"

/**
 * The buttons as templates, for a skeleton with the role "radiogroup".
 * @template Value
 * @param {Value[]} values
 * @param {Value} chosen
 * @param {(value: Value) => void} choose
 * @param {(value: Value, place: number) => unknown} inside  what stands on a button
 * @param {(value: Value, place: number) => { name?: string, label?: string }} [more]  its class, and what is read aloud
 */
export function radios(values, chosen, choose, inside, more = () => ({})) {
  const onKey = (event) => {
    const place = arrowKey(event, [
      ...event.currentTarget.closest("[role=radiogroup]").querySelectorAll("[role=radio]"),
    ])
    if (place >= 0) choose(values[place])
  }
  return values.map((value, place) => {
    const { name, label } = more(value, place)
    return html`<button type="button" role="radio" class=${name ?? nothing} aria-label=${label ?? nothing}
      aria-checked=${value === chosen} tabindex=${value === chosen ? 0 : -1}
      @click=${() => choose(value)} @keydown=${onKey}>${inside(value, place)}</button>`
  })
}
