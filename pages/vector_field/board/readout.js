// The board in words and numbers: beside it, below it, and for those who do not see it.

import { arrowKey } from "../../../ui/input/arrows.js"
import { betweenClaim, chainClaims, lineClaims, planeClaims } from "../../../ui/output/verdict/arrows.js"
import { lineRows, planeRows } from "./rows.js"

const VERDICTS = { yes: "holds", nearly: "nearly", no: "does not hold" }

/** Steps, their pace, and the loss: changes every frame. */
export function writeCount(board) {
  const { steps, rate } = board.answer
  const text = board.playing && rate ? ` · ${Math.round(rate / 10) * 10}/s` : ""
  board.find(".count").innerHTML = `step <b>${steps.toLocaleString("en")}</b>${text}`
  const { now } = board.loss
  board.find(".loss").textContent = Number.isNaN(now) ? "" : now.toFixed(now < 0.001 ? 5 : 4)
}

/** What was measured, and what it makes of the textbook's sentences. */
export function writeNumbers(board) {
  const { data, numbers, points, view } = board
  const { kind, sigma } = data.recipe
  const line = data.dim === 1
  const rows = line ? lineRows(numbers, view.crossings, points) : planeRows(numbers, kind)
  const claims = line
    ? lineClaims(view.crossings, view.bestCrossings(points, sigma), points, kind)
    : planeClaims(numbers, { kind, sigma, shape: data.shape })
  if (!line && board.walkers.wandering) {
    const chains = board.walkers.list.map(({ samples }) => samples)
    claims.unshift(...chainClaims(chains, points, ["branches", "moons"].includes(data.shape)))
  }
  if (data.shape === "branches" && kind !== "plain")
    claims.push(betweenClaim(meanMoved(board, 0), meanMoved(board, 0.5)))
  const row = ({ name, value, note, help }) =>
    `<div title="${help}"><dt>${name}</dt><dd><b>${value}</b><span>${note}</span></dd></div>`
  board.find("dl.first").innerHTML = row(rows[0])
  board.find(".rest dl").innerHTML = rows.slice(1).map(row).join("")
  board.find(".claims").innerHTML = claims
    .map(
      ({ claim, answer, holds }) =>
        `<section data-holds="${holds}"><h2>“${claim}”<small>${VERDICTS[holds]}</small></h2><p>${answer}</p></section>`,
    )
    .join("")
  describe(board)
}

/** Mean distance that places between the two branches are moved; share: of the way from the middle to the upper one. */
function meanMoved({ walkers }, share) {
  const across = [-0.4, -0.2, 0, 0.2, 0.4]
  const moves = across.map((x) => {
    const y = share * (0.22 + 0.22 * x * x)
    const [toX, toY] = walkers.denoise([x, y])
    return Math.hypot(toX - x, toY - y)
  })
  return moves.reduce((sum, move) => sum + move) / moves.length
}

/** What the canvases show, for a screen reader. */
export function describe(board) {
  const { data, numbers, points, tool, canvas, loss, answer } = board
  const what = data.dim === 1 ? "points on a line and the curve r(x)" : "points of the plane with the arrows r(x) − x"
  const moved = numbers ? ` They are moved ${numbers.onData.toFixed(3)} on average.` : ""
  const keys = `Arrow keys move, Enter ${tool === "draw" ? "draws" : "drops"} a point, space plays and pauses.`
  canvas.setAttribute("aria-label", `${points.length / data.dim} ${what}.${moved} ${keys}`)
  const now = Number.isNaN(loss.now) ? "not begun" : `now ${loss.now.toFixed(4)}`
  board.find("canvas.curve").setAttribute("aria-label", `Loss of ${answer?.steps ?? 0} steps, ${now}`)
}

/** Where the keys have moved to. */
export function sayPointer({ pointer, walkers, root }) {
  if (!pointer) return
  const moved = walkers.denoise(pointer)
  const far = Math.hypot(...moved.map((value, d) => value - pointer[d]))
  const place = pointer.map((value) => value.toFixed(2)).join(", ")
  root.querySelector(".status").textContent = `${place}: moves ${far.toFixed(2)}`
}

/** What stands in the way of training, if anything. */
export function writeNote(board) {
  let text = ""
  if (board.failed) text = "This browser runs no Web Workers here, so nothing can be trained. Try another browser."
  else if (!board.points.length) text = "Draw some points: with the mouse, a finger, or arrow keys and Enter."
  board.find(".note").textContent = text
  board.find(".clear").textContent = board.tool === "draw" ? "Clear data" : "Clear points"
}

/** Buttons of which one is chosen: by a press, or by arrow keys. */
export function radios(root, name, choose) {
  const buttons = [...root.querySelectorAll(`[data-${name}]`)]
  for (const button of buttons) {
    button.onclick = () => choose(button.dataset[name])
    button.onkeydown = (event) => {
      const place = arrowKey(event, buttons)
      if (place >= 0) choose(buttons[place].dataset[name])
    }
  }
}
