// Every method's answer to the same hole, with its numbers: the missing pixels first. The outline of the hole, the error
// map and the crosshair that links all tiles are drawn here.

const SIDE = 28
const SETTLE = 450 // ms without new pictures: the hand rests, slower evidence may be computed now
const MOST_EDGES = 420 // a hole with a longer outline would cover the picture with it
const LINE = 17 // characters of a name that fit on one line
const DARK = [77, 176, 255]
const PAPER = [11, 14, 16]
const BRIGHT = [255, 154, 60]

const boards = new WeakMap() // parentElement -> state

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".board")
  if (!root || !data) return
  let state = boards.get(parentElement)
  if (!state || state.root !== root) {
    state = { root, figures: new Map(), timer: 0, version: data.version, reveal: data.reveal }
    boards.set(parentElement, state)
    follow(root, state)
  }
  render(state, data)
  if (data.reveal > state.reveal) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    root.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" })
  }
  state.reveal = data.reveal
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
  const clean = bytes(data.clean)
  const outline = path(bytes(data.mask))
  for (const group of data.groups) {
    for (const tile of group.tiles) fill(state.figures.get(tile.id), tile, data, clean, outline)
  }
  if (root.classList.contains("hovering")) readout(state)
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
  figure.dataset.tile = tile.id
  figure.classList.toggle("given", tile.id === "given")
  figure.classList.toggle("waiting", tile.pixels === null)
  figure.style.setProperty("--done", tile.done ?? 0)
  const canvas = figure.querySelector("canvas")
  figure.pixels = tile.pixels === null ? new Uint8Array(SIDE * SIDE) : bytes(tile.pixels)
  figure.errors = data.errors && tile.id !== "given" && tile.pixels !== null ? clean : null
  paint(canvas, figure.pixels, figure.errors)
  canvas.setAttribute("aria-label", (figure.errors ? "Error map. " : "") + tile.alt)
  figure.querySelector(".hole path").setAttribute("d", tile.id === "given" ? outline.area : outline.line)
  figure.classList.toggle("best", !!tile.best)
  const dot = figure.querySelector(".dot")
  if (tile.color) dot.style.background = tile.color
  else dot.removeAttribute("style")
  setText(figure.querySelector(".name span:last-child"), tile.label)
  figure.querySelector(".name").title = tile.help
  const value = figure.querySelector(".value")
  value.replaceChildren(tile.value)
  value.title = data.terms.missing
  if (tile.unit) {
    const unit = document.createElement("small")
    unit.textContent = ` ${tile.unit}`
    value.append(unit)
  }
  const all = figure.querySelector(".all")
  setText(all, tile.all ?? "")
  all.title = data.terms.all
  const judge = figure.querySelector(".judge")
  setText(judge, tile.reads ? "reads " : "")
  judge.title = data.terms.judge
  if (tile.reads) {
    const digit = document.createElement("b")
    digit.textContent = tile.reads
    judge.append(digit, ` · ${tile.sure}`)
  }
  judge.classList.toggle("wrong", !!tile.wrong)
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
