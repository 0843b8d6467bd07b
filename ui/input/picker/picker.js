// A row of digits to choose from: a radio group of pictures, one tab stop, arrow keys move the choice.

import { bytesFrom, digitTile } from "../../output/picture.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const group = parentElement.querySelector(".picker")
  if (!group || !data) return
  group.setAttribute("aria-label", data.label)
  const shown = data.tiles.map((tile) => tile.pixels).join()
  if (group.dataset.shown !== shown) {
    group.dataset.shown = shown
    group.replaceChildren(...data.tiles.map(button))
  }
  const buttons = [...group.children]
  const choose = (index) => {
    mark(buttons, index)
    setTriggerValue("picked", index)
  }
  mark(buttons, data.selected)
  buttons.forEach((each, index) => (each.onclick = () => choose(index)))
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const from = buttons.findIndex((each) => each.tabIndex === 0)
    const index = (from + step + buttons.length) % buttons.length
    buttons[index].focus()
    choose(index)
  }
}

function mark(buttons, selected) {
  buttons.forEach((each, index) => {
    each.setAttribute("aria-checked", index === selected)
    each.tabIndex = index === selected || (selected < 0 && index === 0) ? 0 : -1
  })
}

function button({ pixels, label }) {
  const made = document.createElement("button")
  made.type = "button"
  made.setAttribute("role", "radio")
  made.setAttribute("aria-label", label)
  made.title = label
  const canvas = document.createElement("canvas")
  digitTile(canvas, bytesFrom(pixels))
  made.append(canvas)
  return made
}
