// Few large pixels that the visitor paints, and what both networks make of them: all of it in the browser, every frame.

import { digitTile, PAPER, SIDE } from "../../../ui/output/picture.js"
import { network } from "../../../ui/live/store.js"

const INKS = [0, 1 / 3, 2 / 3, 1]

const desks = new WeakMap() // parentElement -> its state

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".desk")
  if (!root || !data) return
  let state = desks.get(parentElement)
  if (!state || state.root !== root) {
    state = { root, ink: INKS.length - 1, pending: false }
    desks.set(parentElement, state)
    tools(state)
  }
  const shape = JSON.stringify([data.side, data.networks])
  if (shape !== state.shape) layout(state, data)
  if (shape !== state.shape || data.start !== state.start) {
    state.start = data.start
    reset(state, data.start)
  }
  state.shape = shape
}

function layout(state, { side, networks, judge }) {
  state.side = side
  state.cells = new Float32Array(side * side)
  const sheet = state.root.querySelector(".sheet")
  sheet.style.gridTemplate = `repeat(${side}, 1fr) / repeat(${side}, 1fr)`
  sheet.setAttribute("aria-label", `${side} by ${side} pixels to paint`)
  const boxes = Array.from(state.cells, (_, place) => {
    const box = document.createElement("button")
    box.type = "button"
    box.setAttribute("role", "gridcell")
    box.tabIndex = place ? -1 : 0
    return box
  })
  sheet.replaceChildren(...boxes)
  state.boxes = boxes
  listen(state, sheet)
  state.answers = networks.map(({ title, color, sha256 }) => {
    const figure = /** @type {Skeleton} */ (document.createElement("figure"))
    figure.innerHTML = `<canvas width="${SIDE}" height="${SIDE}" role="img"></canvas>
      <figcaption><div class="name"><i></i><span></span></div><div class="reads"></div><div class="fits"></div></figcaption>`
    figure.querySelector("i").style.background = color
    figure.querySelector("span").textContent = title
    const answer = { figure, title, model: /** @type {any} */ (null) }
    network(sha256).then(
      (model) => {
        answer.model = model
        later(state)
      },
      () => {},
    )
    return answer
  })
  state.root.querySelector(".answers").replaceChildren(...state.answers.map(({ figure }) => figure))
  state.judge = null
  if (judge)
    network(judge).then(
      (model) => {
        state.judge = model
        later(state)
      },
      () => {},
    )
}

function listen(state, sheet) {
  const under = (event) => {
    const box = sheet.getBoundingClientRect()
    const at = (offset, size) => Math.min(state.side - 1, Math.max(0, Math.floor((offset / size) * state.side)))
    return at(event.clientY - box.top, box.height) * state.side + at(event.clientX - box.left, box.width)
  }
  sheet.onpointerdown = (event) => {
    event.preventDefault()
    sheet.setPointerCapture(event.pointerId)
    state.painting = true
    put(state, under(event), INKS[state.ink])
  }
  sheet.onpointermove = (event) => {
    if (!state.painting) return
    for (const each of event.getCoalescedEvents?.() ?? [event]) put(state, under(each), INKS[state.ink])
  }
  sheet.onpointerup = sheet.onpointercancel = () => (state.painting = false)
  sheet.onkeydown = (event) => {
    const place = state.boxes.indexOf(event.target)
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: state.side, ArrowUp: -state.side }[event.key]
    if (place < 0) return
    if (step && state.boxes[place + step]) {
      event.preventDefault()
      event.target.tabIndex = -1
      state.boxes[place + step].tabIndex = 0
      state.boxes[place + step].focus()
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault()
      put(state, place, INKS[state.ink])
    } else if (/^\d$/.test(event.key)) {
      put(state, place, Number(event.key) / 9)
    }
  }
}

function tools(state) {
  const inks = state.root.querySelector(".inks")
  const choose = (ink) => {
    state.ink = ink
    for (const [i, box] of [...inks.children].entries()) {
      box.setAttribute("aria-checked", i === ink)
      box.tabIndex = i === ink ? 0 : -1
    }
  }
  inks.replaceChildren(
    ...INKS.map((ink, i) => {
      const box = document.createElement("button")
      box.type = "button"
      box.setAttribute("role", "radio")
      box.setAttribute("aria-label", `${Math.round(100 * ink)} % ink`)
      box.title = ink ? `${Math.round(100 * ink)} % ink` : "Erase"
      box.style.background = grey(ink)
      box.onclick = () => choose(i)
      return box
    }),
  )
  inks.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    choose((state.ink + step + INKS.length) % INKS.length)
    inks.children[state.ink].focus()
  }
  choose(state.ink)
  state.root.querySelector(".again").onclick = () => reset(state, state.start)
  state.root.querySelector(".clear").onclick = () => {
    state.cells.fill(0)
    later(state)
  }
}

/** Back to the stage's pixels, bytes in base64. */
function reset(state, start) {
  const bytes = Uint8Array.from(atob(start), (character) => character.charCodeAt(0))
  state.cells.set(Float32Array.from(bytes, (value) => value / 255))
  later(state)
}

function put(state, place, ink) {
  if (state.cells[place] === ink) return
  state.cells[place] = ink
  later(state)
}

/** All of it once a frame, however many events came. */
function later(state) {
  if (state.pending) return
  state.pending = true
  requestAnimationFrame(() => {
    state.pending = false
    show(state)
  })
}

function show(state) {
  const { side, cells } = state
  state.boxes.forEach((box, i) => {
    box.style.background = grey(cells[i])
    box.setAttribute(
      "aria-label",
      `Row ${Math.floor(i / side) + 1}, column ${(i % side) + 1}: ${Math.round(100 * cells[i])} %`,
    )
  })
  const step = SIDE / side
  const large = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    return cells[Math.floor(i / SIDE / step) * side + Math.floor((i % SIDE) / step)]
  })
  for (const answer of state.answers) {
    if (!answer.model) continue
    const recon = answer.model.forward(large)
    const canvas = answer.figure.querySelector("canvas")
    digitTile(canvas, recon)
    const p = state.judge?.classify(recon)
    const reads = p ? p.indexOf(Math.max(...p)) : null
    const said = cells.some((value) => value > 0) && p ? `reads ${reads} · ${Math.round(100 * p[reads])} %` : ""
    answer.figure.querySelector(".reads").textContent = said
    answer.figure.querySelector(".fits").textContent = `fits your pixels: ${fits(recon, cells, side)} dB`
    canvas.setAttribute("aria-label", `${answer.title}${said && `, the judge ${said}`}`)
  }
  state.root.dataset.painted = state.answers.filter(({ model }) => model).length
}

/** PSNR between the painted pixels and an answer that is averaged to as few. */
function fits(recon, cells, side) {
  const step = SIDE / side
  const mean = new Float64Array(side * side)
  recon.forEach((value, i) => {
    mean[Math.floor(i / SIDE / step) * side + Math.floor((i % SIDE) / step)] += value / step ** 2
  })
  const error = mean.reduce((sum, value, i) => sum + (value - cells[i]) ** 2, 0) / mean.length
  const psnr = -10 * Math.log10(error)
  return psnr < 99 ? psnr.toFixed(0) : "\u221e"
}

function grey(ink) {
  return `rgb(${PAPER.map((paper) => Math.round(paper + ink * (255 - paper))).join()})`
}
