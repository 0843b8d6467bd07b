// Rows of digits, each with a caption; as a grid under column heads, or as lines that wrap. A click on a digit of a
// gallery that can be picked from tells Python its row and column.

import { bytesFrom, digitTile, SIDE } from "../picture.js"

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery")
  if (!root || !data) return
  const pixels = bytesFrom(data.pixels)
  root.className = ["gallery", data.heads && "grid", data.pick && "pick"].filter(Boolean).join(" ")
  root.style.setProperty("--tile", `${data.tile}px`)
  root.style.setProperty("--columns", String(Math.max(...data.rows.map((row) => row.tiles.length))))
  const rows = data.rows.map((row, place) => line(row, place, data, setTriggerValue))
  const heads = data.heads && cells([span("side", ""), ...data.heads.map((head) => span("head", head))])
  root.replaceChildren(...(heads ? [heads] : []), ...rows)
  root.querySelectorAll("canvas").forEach((canvas, i) => {
    digitTile(canvas, pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE))
  })
}

function line(row, place, data, setTriggerValue) {
  const tiles = row.tiles.map((tile, column) => {
    const box = /** @type {any} */ (document.createElement(data.pick ? "button" : "figure"))
    box.className = `tile${tile.wrong ? " wrong" : ""}`
    box.innerHTML = `<canvas width="${SIDE}" height="${SIDE}" role="img"></canvas><small></small>`
    box.firstChild.setAttribute("aria-label", tile.alt)
    box.title = tile.alt
    box.lastChild.textContent = data.heads ? (tile.wrong ? tile.reads : "") : tile.caption
    if (data.pick) {
      box.type = "button"
      box.tabIndex = place || column ? -1 : 0
      box.onclick = () => setTriggerValue("picked", [place, column])
      box.onkeydown = (event) => move(event, box, data)
    }
    return box
  })
  if (data.heads) return cells([span("side", row.title), ...tiles])
  const box = document.createElement("div")
  const title = document.createElement("div")
  title.className = "title"
  if (row.title) {
    const dot = document.createElement("i")
    dot.style.background = row.color
    if (row.color) title.append(dot)
    const name = document.createElement("b")
    name.textContent = row.title
    title.append(name, span("", row.note))
  }
  box.append(title, cells(tiles))
  return box
}

/** Arrow keys walk over the grid, which is one tab stop. */
function move(event, box, { rows, heads }) {
  const columns = rows[0].tiles.length
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key]
  if (!step || !heads) return
  event.preventDefault()
  const all = [...box.closest(".gallery").querySelectorAll(".tile")]
  const next = all[all.indexOf(box) + step]
  if (!next) return
  box.tabIndex = -1
  next.tabIndex = 0
  next.focus()
}

function cells(children) {
  const box = document.createElement("div")
  box.className = "tiles"
  box.append(...children)
  return box
}

function span(name, text) {
  const made = document.createElement("span")
  made.className = name
  made.textContent = text
  return made
}
