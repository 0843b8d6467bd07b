// Draws digit tiles with their numbers. Everything that Python knows arrives in `data`; the error map, the crosshair
// that links all tiles, and the pictures while a hand draws are computed here: they follow the pointer without a message.

import { SIDE } from "./live/digit.js"
import { Follower } from "./live/follow.js"

const SETTLE = 450 // ms without a new picture: the hand rests, slower evidence may be computed now
const LINE = 18 // characters of a name that fit on one line
const DARK = [77, 176, 255]
const PAPER = [11, 14, 16]
const BRIGHT = [255, 154, 60]

const strips = new WeakMap() // parentElement -> state of this strip

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
    follow(root, state)
  }
  render(root, state, data)
  if (data.reveal > state.reveal) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    root.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" })
  }
  state.reveal = data.reveal
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

// A message of ui/strip.py; `ahead`: what a hand draws meanwhile is newer and stays.
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
  const clean = bytes(data.clean)
  for (const group of data.groups) {
    for (const tile of group.tiles) {
      const figure = state.figures.get(tile.id)
      if (ahead && figure.classList.contains("sketch")) continue
      figure.classList.remove("sketch")
      fill(figure, tile, clean, data.mode === "errors" && tile.id !== "clean")
      for (const [term, line] of Object.entries(data.terms)) figure.querySelector("." + term).title = line
    }
  }
  if (root.classList.contains("hovering")) readout(state)
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
  figure.pixels = bytes(tile.pixels)
  figure.errors = errors ? clean : null
  paint(canvas, figure.pixels, figure.errors)
  canvas.setAttribute("aria-label", (errors ? "Error map. " : "") + tile.alt)
  figure.classList.toggle("best", !!tile.best)
  figure.dataset.tile = tile.id
  const dot = figure.querySelector(".dot")
  if (tile.color) dot.style.background = tile.color
  else dot.removeAttribute("style")
  setText(figure.querySelector(".name span:last-child"), tile.label)
  figure.querySelector(".name").title = tile.help
  const value = figure.querySelector(".value")
  setText(value, tile.value ?? "")
  if (tile.unit) {
    const unit = document.createElement("small")
    unit.textContent = " " + tile.unit
    value.append(unit)
  }
  setText(figure.querySelector(".ssim"), tile.ssim ?? "")
  const judge = figure.querySelector(".judge")
  setText(judge, tile.reads ? "reads " : "")
  if (tile.reads) {
    const digit = document.createElement("b")
    digit.textContent = tile.reads
    judge.append(digit, ` · ${tile.sure}`)
  }
  judge.classList.toggle("wrong", !!tile.wrong)
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
    paint(figure.querySelector("canvas"), figure.pixels, figure.errors)
    const number = figure.querySelector(".value").firstChild
    if (number && id !== "clean") number.textContent = decibel(x, state.clean)
  }
  if (state.root.classList.contains("hovering")) readout(state)
}

/** PSNR as strip.py writes it. */
function decibel(x, clean) {
  const error = x.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0) / x.length
  const psnr = -10 * Math.log10(error)
  return psnr < 99 ? psnr.toFixed(1) : "\u221e"
}

function paint(canvas, pixels, clean) {
  const ctx = canvas.getContext("2d")
  const picture = ctx.createImageData(SIDE, SIDE)
  for (let i = 0; i < SIDE * SIDE; i++) {
    const share = clean ? (pixels[i] - clean[i]) / 255 : pixels[i] / 255
    const end = clean ? (share < 0 ? DARK : BRIGHT) : [255, 255, 255]
    const t = Math.abs(share)
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = PAPER[c] + t * (end[c] - PAPER[c])
    picture.data[4 * i + 3] = 255
  }
  ctx.putImageData(picture, 0, 0)
}

// The same pixel, marked and read in every tile, under mouse, pen or finger.
function follow(root, state) {
  root.addEventListener("pointermove", (event) => {
    const frame = event.target.closest?.(".frame")
    root.classList.toggle("hovering", !!frame)
    if (!frame) return
    const box = frame.getBoundingClientRect()
    const at = (offset, size) => Math.min(SIDE - 1, Math.max(0, Math.floor((offset / size) * SIDE)))
    state.px = at(event.clientX - box.left, box.width)
    state.py = at(event.clientY - box.top, box.height)
    root.style.setProperty("--px", state.px)
    root.style.setProperty("--py", state.py)
    readout(state)
  })
  root.addEventListener("pointerleave", () => root.classList.remove("hovering"))
}

function readout(state) {
  const i = state.py * SIDE + state.px
  for (const figure of state.figures.values()) {
    const own = figure.pixels[i] / 255
    const value = figure.errors ? own - figure.errors[i] / 255 : own
    const sign = figure.errors && value > 0.004 ? "+" : ""
    figure.querySelector(".read").textContent = sign + value.toFixed(2).replace("-", "\u2212")
  }
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}
