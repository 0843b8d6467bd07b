// A row of pictures to choose from: a radio group, one tab stop, arrow keys move the choice.

import { html, render } from "../../vendor/lit-html.js"
import { paintAll, picturesFrom } from "../../output/picture.js"
import { arrowKey, tabTo } from "../arrows.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const group = parentElement.querySelector(".picker")
  if (!group || !data) return
  group.setAttribute("aria-label", data.label)
  const show = (selected) => {
    const button = (name, place) =>
      html`<button type="button" role="radio" aria-checked=${place === selected} aria-label=${name} title=${name}
        @click=${() => choose(place)}><canvas></canvas></button>`
    render(data.names.map(button), group)
    tabTo([...group.children], Math.max(0, selected))
  }
  const choose = (place) => {
    show(place)
    setTriggerValue("picked", place)
  }
  show(data.selected)
  paintAll(group, data.pictures.flatMap(picturesFrom))
  group.onkeydown = (event) => {
    const place = arrowKey(event, [...group.children])
    if (place >= 0) choose(place)
  }
}
