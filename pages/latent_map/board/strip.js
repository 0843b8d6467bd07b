// The strip below the maps: the digits that are marked, with their classes.

import { digitTile } from "../../../ui/output/picture.js"

const TILES = 36

export class Strip {
  constructor(board, root) {
    this.board = board
    this.root = root
    root.innerHTML = '<p></p><button type="button" title="Clear the marks (Escape)">Clear</button><div></div>'
    this.words = root.querySelector("p")
    this.tiles = root.querySelector("div")
    root.querySelector("button").onclick = () => board.mark([])
  }

  show() {
    const { board } = this
    const source = board.panels.find((panel) => panel.points)?.points
    const labelOf = (digit) => source.label[source.row[digit]]
    const all = source ? [...board.marks].filter((digit) => source.row[digit] >= 0).sort((a, b) => a - b) : []
    this.root.classList.toggle("some", all.length > 0)
    board.root.dataset.marked = all.length
    this.words.textContent = this.describe(all, labelOf)
    const shown = board.pixels ? all.slice(0, TILES) : []
    this.tiles.replaceChildren(...shown.map((digit) => this.tile(digit, labelOf(digit))))
  }

  describe(all, labelOf) {
    if (!all.length) return "Click a digit, or draw a lasso around some: they light up in every map and stand here."
    if (all.length === 1) return `Test digit ${all[0].toLocaleString("en")}, a ${labelOf(all[0])}, in every map.`
    const counts = Array(10).fill(0)
    for (const digit of all) counts[labelOf(digit)] += 1
    const classes = counts
      .map((count, label) => [count, label])
      .filter(([count]) => count)
      .sort((a, b) => b[0] - a[0])
    const more = all.length > TILES ? ` The first ${TILES}:` : ""
    const words = classes.map(([count, label]) => `${count.toLocaleString("en")} × ${label}`).join(", ")
    return `${all.length.toLocaleString("en")} digits: ${words}.${more}`
  }

  tile(digit, label) {
    const figure = document.createElement("figure")
    const [canvas, caption] = [document.createElement("canvas"), document.createElement("figcaption")]
    digitTile(canvas, this.board.picture(digit))
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", `Test digit ${digit}, a ${label}`)
    figure.style.setProperty("--class", this.board.colors[label])
    caption.textContent = label
    figure.append(canvas, caption)
    figure.title = `Test digit ${digit.toLocaleString("en")}`
    figure.onpointerenter = () => this.board.pointAt(digit)
    figure.onpointerleave = () => this.board.pointAt(null)
    return figure
  }
}
