// What the boards of pictures share: the words and numbers under a picture, and the crosshair that links all of them.

import { digitTile, errorTile, SIDE } from "./picture.js"

/** Name, number and judge's verdict of one tile of a message, put into a figure's elements of these classes. */
export function fillCaption(figure, tile) {
  figure.dataset.tile = tile.id
  figure.classList.toggle("best", !!tile.best)
  const dot = figure.querySelector(".dot")
  if (tile.color) dot.style.background = tile.color
  else dot.removeAttribute("style")
  setText(figure.querySelector(".name span:last-child"), tile.label)
  figure.querySelector(".name").title = tile.help
  const value = figure.querySelector(".value")
  setText(value, tile.value ?? "")
  if (tile.unit) {
    const unit = document.createElement("small")
    unit.textContent = ` ${tile.unit}`
    value.append(unit)
  }
  const judge = figure.querySelector(".judge")
  setText(judge, tile.reads ? "reads " : "")
  if (tile.reads) {
    const digit = document.createElement("b")
    digit.textContent = tile.reads
    judge.append(digit, ` · ${tile.sure}`)
  }
  judge.classList.toggle("wrong", !!tile.wrong)
}

/** Paints figure.pixels, or their errors where `figure.errors` has the clean picture. */
export function paintFigure(figure) {
  const canvas = figure.querySelector("canvas")
  if (figure.errors) errorTile(canvas, figure.pixels, figure.errors)
  else digitTile(canvas, figure.pixels)
}

/** The same pixel, marked and read in every figure of state.figures, under mouse, pen or finger. */
export function followPointer(root, state) {
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
    readPixel(root, state)
  })
  root.addEventListener("pointerleave", () => root.classList.remove("hovering"))
}

/** Writes the marked pixel's value, or its error, into every figure. */
export function readPixel(root, state) {
  if (!root.classList.contains("hovering")) return
  const i = state.py * SIDE + state.px
  for (const figure of state.figures.values()) {
    const own = figure.pixels[i] / 255
    const value = figure.errors ? own - figure.errors[i] / 255 : own
    const sign = figure.errors && value > 0.004 ? "+" : ""
    figure.querySelector(".read").textContent = sign + value.toFixed(2).replace("-", "\u2212")
  }
}

/** Scrolls to a board whose `reveal` in the message has grown: a chip below it changed what it shows. */
export function revealBoard(root, state, reveal) {
  if (reveal > state.reveal) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    root.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" })
  }
  state.reveal = reveal
}

/** Sets a node's text, and leaves it alone where it is right already. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}
