// What is drawn over a row: arcs past the next layer, and the marks of a number that is opened.

import { render, svg } from "../../vendor/lit-html.js"
import { placeOf } from "./sheet.js"

const ARC = 26 // px that a way past some layers rises above them

/** Arcs over the row, from each box to those behind the next that it acts on, too. */
export function drawArcs(row) {
  const layer = /** @type {SVGElement} */ (row.root.querySelector(".skips"))
  const figures = [...row.root.querySelectorAll("figure")]
  const place = (box) => figures.findIndex(({ dataset }) => Number(dataset.box) === row.plan.boxes.indexOf(box))
  const frame = row.root.getBoundingClientRect()
  const top = (i) => {
    const box = /** @type {Element} */ (figures[i].querySelector("canvas")).getBoundingClientRect()
    return [box.left + box.width / 2 - frame.left, box.top - frame.top]
  }
  const past = (from) => !(from.kind === "input" && row.message.masked) && place(from) >= 0
  const long = row.plan.boxes.flatMap((box) => {
    const [to, ways] = [place(box), box.from.filter((from) => past(from))]
    return ways.map((from) => [place(from), to]).filter(([from]) => to > from + 1)
  })
  row.root.classList.toggle("skipping", long.length > 0 && !row.compact)
  const paths = long.map(([a, b]) => {
    const [[x, y], [u, v]] = [top(a), top(b)]
    const rise = Math.max(2, Math.min(y, v) - ARC)
    return svg`<path d=${`M${x} ${y - 3} C${x} ${rise} ${u} ${rise} ${u} ${v - 5}`} />
      <path d=${`M${u - 4} ${v - 10} L${u} ${v - 4} L${u + 4} ${v - 10}`} />`
  })
  if (!row.compact) render(paths, /** @type {any} */ (layer))
}

/** Marks what is opened, and what goes into it. */
export function drawMarks(row) {
  const { opened, from, root } = row.panel
  const { boxes } = row.plan
  for (const figure of row.root.querySelectorAll("figure")) {
    const box = boxes[Number(figure.dataset.box)]
    const mark = /** @type {?HTMLElement} */ (figure.querySelector(".mark"))
    figure.classList.toggle("sum", opened?.box === box)
    figure.classList.toggle("x", opened !== null && opened.box !== box && makes(row, box, from))
    figure.classList.toggle(
      "lit",
      ["sum", "x"].includes(root.dataset.lit ?? "") && figure.classList.contains(root.dataset.lit ?? ""),
    )
    if (!mark) continue
    mark.hidden = opened?.box !== box
    if (!mark.hidden && opened) {
      const [left, top, width, height] = placeOf(box.shape, opened.index)
      Object.assign(mark.style, { left, top, width, height })
    }
  }
}

/** Whether a layer's value comes from a box. */
function makes(row, box, place) {
  const { layers } = row.model.card.network
  const own = (at) =>
    box.places.includes(at) || (!row.plan.boxes.some(({ places }) => places.includes(at)) && layers[at].of.some(own))
  return place >= 0 && own(place)
}
