// The same small window of several pictures, enlarged, each with its numbers. Those that can be chosen are a radio
// group: one tab stop, arrow keys, and a click tell Python which.

import { html, nothing, render } from "../../../ui/vendor/lit-html.js"
import { arrowKey, tabTo } from "../../../ui/input/arrows.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".crops")
  if (!root || !data) return
  const choices = data.tiles.filter((tile) => tile.choice)
  root.setAttribute("aria-label", data.label)
  root.setAttribute("role", choices.length ? "radiogroup" : "group")
  root.style.setProperty("--tile", `${data.size}px`)
  const show = (selected) => {
    const crop = (tile) => {
      const classes = ["crop", !tile.src && "waiting", tile.best && "best"].filter(Boolean).join(" ")
      if (!tile.choice)
        return html`<figure class=${classes} title=${tile.help} data-tile=${tile.id}>${inside(tile)}</figure>`
      return html`<button type="button" role="radio" class=${classes} title=${tile.help} data-tile=${tile.id}
        aria-checked=${tile.id === selected} @click=${() => choose(tile.id)}>${inside(tile)}</button>`
    }
    render(data.tiles.map(crop), root)
    const place = choices.findIndex((tile) => tile.id === selected)
    tabTo([...root.querySelectorAll("button")], Math.max(0, place))
  }
  const choose = (id) => {
    show(id)
    setTriggerValue("picked", id)
  }
  show(data.selected)
  root.onkeydown = (event) => {
    const place = arrowKey(event, [...root.querySelectorAll("button")])
    if (place >= 0) choose(choices[place].id)
  }
}

const inside = ({ src, alt, best, color, label, value, unit, more }) =>
  html`<span class="picture"
      ><img src=${src || nothing} alt=${alt} draggable="false" />${best ? html`<em>Best</em>` : nothing}</span
    >
    <span class="name"
      >${color ? html`<i style=${`background: ${color}`}></i>` : nothing}<span>${label}</span></span
    >
    <span class="value">${value}${unit ? html`<small> ${unit}</small>` : nothing}</span>
    <span class="more">${more}</span>`
