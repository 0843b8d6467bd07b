// Every method's answer to the same hole, with its numbers: the missing pixels first. The outline of the hole, the error
// map and the crosshair that links all tiles are drawn here.

import { html } from "../../../ui/vendor/lit-html.js"
import { echoing } from "../../../ui/input/echo.js"
import { Figures, figure, SCALE } from "../../../ui/output/figure.js"
import { bytesFrom, extent, like, pictureFrom } from "../../../ui/output/picture.js"
import { outline } from "../outline.js"

const SETTLE = 450 // ms without new pictures: the hand rests, slower evidence may be computed now
const LINE = 17 // characters of a name that fit on one line

const boards = new WeakMap() // parentElement -> { root, figures, echo, version, timer }

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".board")
  if (!root || !data) return
  let board = boards.get(parentElement)
  if (board?.root !== root) {
    board?.echo.close()
    board = { root, figures: new Figures(root), echo: echoing(), version: data.version, timer: 0 }
    boards.set(parentElement, board)
  }
  show(board, data)
  board.figures.revealAt(data.reveal)
  if (data.settles && data.version !== board.version) {
    clearTimeout(board.timer)
    board.timer = setTimeout(() => root.isConnected && setTriggerValue("settled", data.version), SETTLE)
  }
  board.version = data.version
}

function show({ root, figures, echo }, data) {
  root.classList.toggle("errors", data.errors)
  root.classList.toggle("brief", data.brief)
  const clean = pictureFrom(data.clean)
  const blank = like(clean, new Float32Array(clean.values.length))
  const { across, down } = extent(clean)
  const hole = outline(bytesFrom(data.mask), across, down)
  const shown = new Map()
  for (const tile of data.groups.flatMap((group) => group.tiles)) {
    const errors = data.errors && tile.id !== "given" && tile.picture
    shown.set(tile.id, { picture: tile.picture ? pictureFrom(tile.picture) : blank, clean: errors ? clean : null })
  }
  const one = (tile) => {
    const path = tile.id === "given" ? hole.area : hole.line
    return figure(tile, shown.get(tile.id), {
      state: tile.id === "given" ? "given" : tile.picture ? "" : "waiting",
      overlay: html`<svg class="hole" viewBox=${`0 0 ${across} ${down}`} aria-hidden="true"><path d=${path} /></svg>`,
      line: ["all", tile.all],
      terms: data.terms,
    })
  }
  const long = data.groups.some(({ tiles }) => tiles.some(({ label }) => label.length > LINE)) // numbers stand in a row
  const group = ({ title, tiles }) => {
    return html`<div class=${["group", tiles.length > 4 && "wide", long && "long"].filter(Boolean).join(" ")}>
      <h2>${title}</h2>
      <div class="tiles">${tiles.map(one)}</div>
    </div>`
  }
  const [head, body] = data.verdict
  const board = html`<div class="verdict" aria-live="polite"><b>${head}</b><span>${body}</span></div>
    <div class="groups">${data.groups.map(group)}</div>
    ${SCALE}`
  figures.show(board, shown)
  const tiles = data.groups.flatMap((group) => group.tiles).filter(({ id }) => data.echo.includes(id))
  const told = tiles.map(({ id, label, value, unit }) => ({
    label,
    value: `${value} ${unit}`,
    picture: shown.get(id)?.picture,
  }))
  echo.tell(data.sheet, told)
}
