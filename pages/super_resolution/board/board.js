// A board of digits: one digit a column, and down the column what each network makes of it. The column under the
// pointer is marked in every row; a click, or Enter, tells Python which column it was.

import { bytesFrom, digitTile, SIDE } from "../../../ui/output/picture.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".board")
  if (!root || !data) return
  const columns = data.columns.length
  const focused = root.querySelector(".cell:focus")?.dataset.place
  root.style.setProperty("--columns", columns)
  root.setAttribute("aria-label", data.label)
  const pixels = bytesFrom(data.pixels)
  const parts = data.rows.flatMap((row, r) => [
    head(row),
    ...row.tiles.map((tile, c) => {
      const place = r * columns + c
      return cell(tile, place, pixels.subarray(place * SIDE * SIDE, (place + 1) * SIDE * SIDE))
    }),
  ])
  root.replaceChildren(...parts)
  const cells = [...root.querySelectorAll(".cell")]
  const column = (box) => Number(box.dataset.place) % columns
  const mark = (box) => cells.forEach((each) => each.classList.toggle("over", !!box && column(each) === column(box)))
  const cellOf = (event) => event.target.closest(".cell")
  root.onpointerover = (event) => mark(cellOf(event))
  root.onpointerleave = () => mark(null)
  root.onclick = (event) => {
    const box = cellOf(event)
    if (box) setTriggerValue("picked", column(box))
  }
  root.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key]
    const box = cellOf(event)
    const next = step && box && cells[Number(box.dataset.place) + step]
    if (!next) return
    event.preventDefault()
    box.tabIndex = -1
    next.tabIndex = 0
    next.focus()
    mark(next)
  }
  if (focused) cells[focused]?.focus()
}

function head(row) {
  const box = document.createElement("div")
  box.className = "head"
  const name = document.createElement("b")
  if (row.color) {
    const dot = document.createElement("i")
    dot.style.background = row.color
    name.append(dot)
  }
  name.append(row.title)
  const note = document.createElement("span")
  note.textContent = row.note
  box.append(name, note)
  return box
}

function cell(tile, place, ink) {
  const box = document.createElement("button")
  box.type = "button"
  box.className = `cell${tile.wrong ? " wrong" : ""}`
  box.dataset.place = place
  box.tabIndex = place ? -1 : 0
  box.title = tile.alt
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = SIDE
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", tile.alt)
  digitTile(canvas, ink)
  const caption = document.createElement("small")
  caption.textContent = tile.caption
  box.append(canvas, caption)
  return box
}
