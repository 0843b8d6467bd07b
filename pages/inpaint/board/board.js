// Every method's answer to the same hole, with its numbers: the missing pixels first. The outline of the hole, the error
// map and the crosshair that links all tiles are drawn here.

import { fillCaption, followPointer, paintFigure, readPixel, revealBoard, setText } from "../../../ui/output/figure.js"
import { bytesFrom, SIDE } from "../../../ui/output/picture.js"

const SETTLE = 450 // ms without new pictures: the hand rests, slower evidence may be computed now
const MOST_EDGES = 420 // a hole with a longer outline would cover the picture with it
const LINE = 17 // characters of a name that fit on one line

const boards = new WeakMap() // parentElement -> state

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".board")
  if (!root || !data) return
  let state = boards.get(parentElement)
  if (!state || state.root !== root) {
    state = { root, figures: new Map(), timer: 0, version: data.version, reveal: data.reveal }
    boards.set(parentElement, state)
    followPointer(root, state)
  }
  render(state, data)
  revealBoard(root, state, data.reveal)
  if (data.settles && data.version !== state.version) {
    clearTimeout(state.timer)
    state.timer = setTimeout(() => root.isConnected && setTriggerValue("settled", data.version), SETTLE)
  }
  state.version = data.version
}

function render(state, data) {
  const { root } = state
  root.classList.toggle("errors", data.errors)
  const shape = JSON.stringify(data.groups.map((group) => [group.title, group.tiles.map((tile) => tile.id)]))
  if (shape !== state.shape) layout(state, data)
  state.shape = shape
  setText(root.querySelector(".verdict b"), data.verdict[0])
  setText(root.querySelector(".verdict span"), data.verdict[1])
  const clean = bytesFrom(data.clean)
  const outline = path(bytesFrom(data.mask))
  for (const group of data.groups) {
    for (const tile of group.tiles) fill(state.figures.get(tile.id), tile, data, clean, outline)
  }
  readPixel(root, state)
}

// Build the skeleton only when the set of tiles changes; otherwise pictures and numbers change in place.
function layout(state, data) {
  const old = state.figures
  state.figures = new Map()
  const boxes = data.groups.map((group) => {
    const box = document.createElement("div")
    const long = group.tiles.some((tile) => tile.label.length > LINE)
    box.className = ["group", group.tiles.length > 3 && "wide", long && "long"].filter(Boolean).join(" ")
    const title = document.createElement("h4")
    title.textContent = group.title
    const row = document.createElement("div")
    row.className = "tiles"
    for (const tile of group.tiles) {
      const figure = old.get(tile.id) ?? element()
      state.figures.set(tile.id, figure)
      row.append(figure)
    }
    box.append(title, row)
    return box
  })
  state.root.querySelector(".groups").replaceChildren(...boxes)
}

function element() {
  const figure = document.createElement("figure")
  figure.innerHTML = `<div class="frame"><canvas width="${SIDE}" height="${SIDE}" role="img"></canvas>
    <svg class="hole" viewBox="0 0 ${SIDE} ${SIDE}" aria-hidden="true"><path /></svg>
    <div class="cross"></div><div class="read"></div></div><div class="badge">Best</div>
    <figcaption><div class="name"><span class="dot"></span><span></span></div><div class="value"></div>
    <div class="more all"></div><div class="more judge"></div></figcaption>`
  return figure
}

function fill(figure, tile, data, clean, outline) {
  figure.classList.toggle("given", tile.id === "given")
  figure.classList.toggle("waiting", tile.pixels === null)
  figure.style.setProperty("--done", tile.done ?? 0)
  const canvas = figure.querySelector("canvas")
  figure.pixels = tile.pixels === null ? new Uint8Array(SIDE * SIDE) : bytesFrom(tile.pixels)
  figure.errors = data.errors && tile.id !== "given" && tile.pixels !== null ? clean : null
  paintFigure(figure)
  canvas.setAttribute("aria-label", (figure.errors ? "Error map. " : "") + tile.alt)
  figure.querySelector(".hole path").setAttribute("d", tile.id === "given" ? outline.area : outline.line)
  fillCaption(figure, tile)
  figure.querySelector(".value").title = data.terms.missing
  figure.querySelector(".judge").title = data.terms.judge
  const all = figure.querySelector(".all")
  setText(all, tile.all ?? "")
  all.title = data.terms.all
}

/** SVG paths of a mask (784 bytes): its area, and its outline where that is short enough not to hide the picture. */
function path(mask) {
  const at = (x, y) => (x >= 0 && y >= 0 && x < SIDE && y < SIDE ? mask[y * SIDE + x] : 0)
  const edges = []
  let area = ""
  for (let y = 0; y <= SIDE; y++) {
    for (let x = 0; x <= SIDE; x++) {
      if (at(x, y) !== at(x - 1, y)) edges.push(`M${x} ${y}v1`)
      if (at(x, y) !== at(x, y - 1)) edges.push(`M${x} ${y}h1`)
      if (at(x, y)) area += `M${x} ${y}h1v1h-1z`
    }
  }
  return { area, line: edges.length > MOST_EDGES ? "" : edges.join("") }
}
