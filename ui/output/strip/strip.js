// Draws digit tiles with their numbers. Everything that Python knows arrives in `data`; the error map, the crosshair
// that links all tiles, and the pictures while a hand draws are computed here: they follow the pointer without a message.

import { fillCaption, followPointer, paintFigure, readPixel, revealBoard, setText } from "../figure.js"
import { Follower } from "./follow.js"
import { bytesFrom, SIDE } from "../picture.js"

const SETTLE = 450 // ms without a new picture: the hand rests, slower evidence may be computed now
const LINE = 18 // characters of a name that fit on one line

const strips = new WeakMap() // parentElement -> state of this strip

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".strip-body")
  if (!root || !data) return
  let state = strips.get(parentElement)
  if (!state || state.root !== root) {
    state?.follower.close()
    state = { root, figures: new Map(), timer: 0, version: data.version, reveal: data.reveal }
    state.follower = new Follower(
      (pictures) => sketch(state, pictures),
      (message) => draw(root, state, message, false),
    )
    strips.set(parentElement, state)
    followPointer(root, state)
  }
  render(root, state, data)
  revealBoard(root, state, data.reveal)
  if (data.version !== state.version) {
    state.version = data.version
    clearTimeout(state.timer)
    state.timer = setTimeout(() => root.isConnected && setTriggerValue("settled", data.version), SETTLE)
  }
  return () => setTimeout(() => root.isConnected || state.follower.close()) // it may also be called while we are on screen
}

function render(root, state, data) {
  root.classList.toggle("roomy", !!data.roomy)
  const ahead = state.follower.update(data.live)
  if (!state.follower.early) draw(root, state, data, ahead)
}

// A message of ui/output/strip/__init__.py; `ahead`: what a hand draws meanwhile is newer and stays.
function draw(root, state, data, ahead) {
  root.classList.toggle("errors", data.mode === "errors")
  const shape = JSON.stringify(data.groups.map((group) => [group.title, group.tiles.map((tile) => tile.id)]))
  if (shape !== state.shape) layout(root, state, data)
  state.shape = shape
  const [head, body] = data.verdict ?? ["", ""]
  const verdict = root.querySelector(".verdict")
  verdict.hidden = !data.verdict
  setText(verdict.querySelector("b"), head)
  setText(verdict.querySelector("span"), body)
  root.classList.toggle("drawing", ahead)
  const clean = bytesFrom(data.clean)
  for (const group of data.groups) {
    for (const tile of group.tiles) {
      const figure = state.figures.get(tile.id)
      if (ahead && figure.classList.contains("sketch")) continue
      figure.classList.remove("sketch")
      fill(figure, tile, clean, data.mode === "errors" && tile.id !== "clean")
      for (const [term, line] of Object.entries(data.terms)) figure.querySelector(`.${term}`).title = line
    }
  }
  readPixel(root, state)
}

// Build the skeleton only when the set of tiles changes; otherwise pictures and numbers change in place.
function layout(root, state, data) {
  const lead = root.querySelector(".lead .tiles")
  const groups = root.querySelector(".groups")
  lead.replaceChildren()
  groups.replaceChildren()
  const old = state.figures
  state.figures = new Map()
  const figure = (tile) => {
    const made = old.get(tile.id) ?? element()
    state.figures.set(tile.id, made)
    return made
  }
  const long = (groups) => groups.some((group) => group.tiles.some((tile) => tile.label.length > LINE))
  lead.parentElement.classList.toggle("triple", data.groups[0].tiles.length > 2)
  lead.classList.toggle("long", long(data.groups.slice(0, 1)))
  groups.classList.toggle("long", long(data.groups.slice(1)))
  data.groups.forEach((group, index) => {
    if (index === 0) {
      group.tiles.forEach((tile, place) => {
        if (place) lead.append(arrow())
        lead.append(figure(tile))
      })
      return
    }
    const box = document.createElement("div")
    box.className = "group"
    const title = document.createElement("h4")
    title.textContent = group.title
    const row = document.createElement("div")
    row.className = "tiles"
    row.append(...group.tiles.map(figure))
    box.append(title, row)
    groups.append(box)
  })
}

function element() {
  const figure = document.createElement("figure")
  figure.innerHTML = `<div class="frame"><canvas width="${SIDE}" height="${SIDE}" role="img"></canvas>
    <div class="cross"></div><div class="read"></div></div><div class="badge">Best</div>
    <figcaption><div class="name"><span class="dot"></span><span></span></div><div class="value"></div>
    <div class="more ssim"></div><div class="more judge"></div></figcaption>`
  return figure
}

function arrow() {
  const box = document.createElement("div")
  box.className = "arrow"
  box.setAttribute("aria-hidden", "true")
  box.innerHTML = `<svg viewBox="0 0 24 24"><path d="M4 12h15 M13 6l6 6-6 6" /></svg>`
  return box
}

function fill(figure, tile, clean, errors) {
  const canvas = figure.querySelector("canvas")
  figure.pixels = bytesFrom(tile.pixels)
  figure.errors = errors ? clean : null
  paintFigure(figure)
  canvas.setAttribute("aria-label", (errors ? "Error map. " : "") + tile.alt)
  fillCaption(figure, tile)
  setText(figure.querySelector(".ssim"), tile.ssim ?? "")
}

// Pictures that the browser made of an unfinished drawing: their PSNR is known here, the rest waits for Python's answer.
function sketch(state, pictures) {
  state.root.classList.add("drawing")
  for (const [id, x] of pictures) {
    const figure = state.figures.get(id)
    if (!figure) continue
    if (id === "clean") {
      state.clean = x
      setText(figure.querySelector(".name span:last-child"), state.follower.plan.name)
    }
    figure.classList.add("sketch")
    figure.pixels = Uint8Array.from(x, (value) => 255 * value + 0.5)
    figure.errors = figure.errors && Uint8Array.from(state.clean, (value) => 255 * value + 0.5)
    paintFigure(figure)
    const number = figure.querySelector(".value").firstChild
    if (number && id !== "clean") number.textContent = decibel(x, state.clean)
  }
  readPixel(state.root, state)
}

/** PSNR as strip.py writes it. */
function decibel(x, clean) {
  const error = x.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0) / x.length
  const psnr = -10 * Math.log10(error)
  return psnr < 99 ? psnr.toFixed(1) : "\u221e"
}
