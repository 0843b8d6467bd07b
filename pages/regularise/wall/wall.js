// Wide networks side by side while one draws: what each gives back, the code of the chosen one as bars, its kernels lit by
// what the digit excites, and one unit in full. All of it in the browser, every frame; the server is only asked for a
// unit's history.

import { arrowKey } from "../../../ui/input/arrows.js"
import { ran } from "../../../ui/live/ran.js"
import { withNetwork } from "../../../ui/live/store.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { digitTile } from "../../../ui/output/picture.js"
import { lit } from "../../../ui/output/verdict/codes.js"
import { paintKernel, paintWall, place, unitAt } from "./kernels.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"

const CONTROL = "wide" // the network that nothing holds
const FEW = 100 // kernels shown at first
const ACTIVE = 0.1 // of the largest: aecore.features.measures.ACTIVE
const TELL = 400 // ms that the hand rests before the address follows

/** @param {Component} component */
export default function (component) {
  return mount(component, ".wall", Wall, (wall) => {
    wall.tell = (state) => component.setTriggerValue("chosen", state)
  })
}

class Wall extends PadBoard {
  networks = /** @type {Map<string, any>} */ (new Map()) // name -> network, once it has come
  codes = /** @type {Map<string, Float32Array>} */ (new Map())
  copies = /** @type {Map<string, { on: number, psnr: number }>} */ (new Map()) // of the digit
  chosen = ""
  unit = 0 // shown in full
  pinned = /** @type {?number} */ (null) // null: whichever answers most
  hovered = /** @type {?number} */ (null)
  all = false
  tell = /** @type {(state: object) => void} */ (() => {})

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.followPad()
    this.hands()
  }

  update(data) {
    const first = !this.data
    const moved = this.data && data.chosen.stamp !== this.data.chosen.stamp
    this.data = data
    if (first || moved) {
      this.chosen = data.chosen.network
      this.pinned = data.chosen.unit
      this.all = data.chosen.all
      if (this.all || this.pinned !== null) this.find(".units").open = true
    }
    if (first) this.cards()
    if (!this.drawing) {
      this.x = digitsFrom(data.x)[0]
      this.later()
    }
  }

  cards() {
    const cards = this.data.networks.map(({ name, title, way, color, sha256 }) => {
      const card = document.createElement("button")
      card.type = "button"
      card.setAttribute("role", "radio")
      card.dataset.network = name
      card.title = way
      card.innerHTML = `<canvas role="img" aria-label="Not drawn yet"></canvas><div><span class="name"><i></i></span><span class="on"></span></div>`
      const dot = /** @type {HTMLElement} */ (card.querySelector("i"))
      dot.style.background = color
      dot.after(title)
      card.onclick = () => this.choose(name)
      withNetwork(
        sha256,
        (loaded) => {
          this.networks.set(name, loaded)
          this.later()
        },
        () => (card.title = "This network is not available."),
      )
      return card
    })
    this.find(".cards").replaceChildren(...cards)
  }

  hands() {
    const kernels = this.find(".kernels")
    const under = (event) => {
      const box = kernels.querySelector("canvas").getBoundingClientRect()
      return unitAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, this.shown())
    }
    kernels.onpointermove = (event) => this.hover(under(event))
    kernels.onpointerleave = () => this.hover(null)
    kernels.onclick = (event) => this.pin(under(event))
    kernels.onkeydown = (event) => {
      const across = place(0, this.shown()).columns
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key]
      if (!step) return
      event.preventDefault()
      this.hovered = null
      this.pin(Math.min(Math.max(this.unit + step, 0), this.shown() - 1))
    }
    const bars = this.find(".bars")
    const bar = (event) => {
      const box = bars.getBoundingClientRect()
      const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.9999)
      return Math.floor(share * (this.codes.get(this.chosen)?.length ?? 1))
    }
    bars.onpointermove = (event) => this.hover(bar(event))
    bars.onpointerleave = () => this.hover(null)
    bars.onclick = (event) => {
      const unit = bar(event)
      if (unit >= FEW) this.all = true
      this.find(".units").open = true
      this.pin(unit)
    }
    this.find(".cards").onkeydown = (event) => {
      const place = arrowKey(event, [...this.find(".cards").children])
      if (place >= 0) this.choose(this.data.networks[place].name)
    }
    this.root.onkeydown = (event) => {
      if (event.key === "Escape") this.pin(null)
    }
    this.find(".units").ontoggle = () => this.later()
    this.find("button.all").onclick = () => {
      this.all = !this.all
      if (!this.all && (this.pinned ?? 0) >= FEW) this.pinned = null
      this.said()
      this.later()
    }
  }

  /** How many kernels the wall shows. */
  shown() {
    const units = this.codes.get(this.chosen)?.length ?? FEW
    return this.all ? units : Math.min(FEW, units)
  }

  choose(name) {
    this.chosen = name
    this.said()
    this.later()
  }

  /** @param {?number} unit  under the pointer */
  hover(unit) {
    if (unit === this.hovered) return
    this.hovered = unit
    this.later()
  }

  /** @param {?number} unit  null: whichever answers most */
  pin(unit) {
    this.pinned = unit
    this.said()
    this.later()
  }

  /** The address follows when the hand rests. */
  said() {
    clearTimeout(this.telling)
    this.telling = setTimeout(
      () => this.root.isConnected && this.tell({ network: this.chosen, unit: this.pinned, all: this.all }),
      TELL,
    )
  }

  drawn(detail) {
    detail.followed = true
    const x = this.inked(detail)
    if (x) this.x = x
    this.later()
  }

  show() {
    for (const { name, title } of this.data.networks) {
      const card = this.find(`.cards [data-network="${name}"]`)
      const checked = name === this.chosen
      card.setAttribute("aria-checked", checked)
      card.tabIndex = checked ? 0 : -1
      const model = this.networks.get(name)
      if (!model) continue
      const code = model.encode(this.x)
      const recon = model.decode(code)
      if (checked) ran(model, "forward", this.x)
      this.codes.set(name, code)
      const canvas = card.querySelector("canvas")
      digitTile(canvas, recon)
      const error = recon.reduce((sum, value, i) => sum + (value - this.x[i]) ** 2, 0) / recon.length
      const psnr = -10 * Math.log10(Math.max(error, 1e-9))
      const on = active(code)
      this.copies.set(name, { on, psnr })
      card.querySelector(".on").textContent = `${on} units`
      const said = `${psnr.toFixed(1)} dB, ${on} of ${code.length} units active`
      canvas.setAttribute("aria-label", `${title}: the digit as it gives it back, ${said}`)
    }
    const model = this.networks.get(this.chosen)
    if (model) this.paintChosen(model)
    this.root.dataset.painted = String(this.networks.size)
    this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1)
  }

  paintChosen(model) {
    const code = /** @type {Float32Array} */ (this.codes.get(this.chosen))
    const weight = model.tensor("weight")
    const count = this.shown()
    const most = Math.max(...code.map(Math.abs), 1e-9)
    this.unit = this.hovered ?? this.pinned ?? strongest(code.subarray(0, count))
    const { bar } = this.data.networks.find(({ name }) => name === this.chosen)
    paintBars(this.find(".bars"), code, most, this.unit, bar)
    this.find(".bars").setAttribute(
      "aria-label",
      `The code: ${active(code)} of ${code.length} units above a tenth of the largest`,
    )
    const copy = this.copies.get(this.chosen)
    this.find(".verdict").textContent = copy ? lit(copy, this.copies.get(CONTROL), code.length) : ""
    if (this.find(".units").open) this.paintUnits(model, weight, code, most, count)
  }

  /** The wall of kernels, and one unit of them. */
  paintUnits(model, weight, code, most, count) {
    paintWall(this.find(".kernels canvas"), weight, code, most, count)
    this.find("button.all").textContent = this.all ? `First ${FEW}` : `All ${code.length}`
    const at = place(this.unit, count)
    const here = this.find(".here")
    here.hidden = this.unit >= count
    Object.assign(here.style, {
      left: `${100 * at.left}%`,
      top: `${100 * at.top}%`,
      width: `${100 * at.width}%`,
      height: `${100 * at.height}%`,
    }) // prettier-ignore
    this.find(".desk").classList.toggle("all", this.all)
    const kernels = this.find(".kernels")
    kernels.setAttribute("aria-valuenow", this.unit)
    kernels.setAttribute("aria-valuemax", count - 1)
    kernels.setAttribute("aria-valuetext", `Unit ${this.unit}, response ${code[this.unit].toFixed(2)}`)
    const rank = code.reduce((above, value) => above + (Math.abs(value) > Math.abs(code[this.unit]) ? 1 : 0), 1)
    this.find("h2").innerHTML = `Unit ${this.unit} <small>answers ${code[this.unit].toFixed(2)}, ${
      rank === 1 ? "the strongest" : `number ${rank} of ${code.length}`
    }</small>`
    const kernel = weight.subarray(784 * this.unit, 784 * (this.unit + 1))
    paintKernel(this.find(".kernel"), kernel)
    const without = model.decode(code.with(this.unit, 0))
    const full = model.decode(code)
    const paints = full.map((value, i) => value - without[i])
    paintKernel(this.find(".paints"), paints, Math.max(...paints.map(Math.abs), 0.02))
    this.history(kernel)
  }

  /** A unit's past and its digits, from the server: one question at a time, about the unit that the hand is on. */
  async history(kernel) {
    const wanted = `${this.chosen} ${this.unit}`
    if (wanted === this.known || this.asking) return
    this.asking = true
    let past = /** @type {any} */ (null)
    try {
      const answer = await fetch(new URL(this.data.answers, location.href), {
        method: "POST",
        body: JSON.stringify({ network: this.chosen, unit: this.unit }),
      })
      if (answer.ok) past = await answer.json()
    } catch {
      // no server to be reached: the rest of the wall does without
    }
    this.asking = false
    this.known = wanted
    if (wanted === `${this.chosen} ${this.unit}` && past) {
      const steps = [...past.kernels.map(({ about, values }) => [about, signed(values)]), ["now", kernel]]
      this.find(".epochs").replaceChildren(
        ...steps.map(([about, values]) => captioned(about, (canvas) => paintKernel(canvas, values))),
      )
      this.find(".digits").replaceChildren(
        ...digitsFrom(past.digits).map((x, i) => {
          const canvas = document.createElement("canvas")
          canvas.setAttribute("role", "img")
          canvas.setAttribute("aria-label", `A ${past.labels[i]}`)
          digitTile(canvas, x)
          return canvas
        }),
      )
      this.root.dataset.known = wanted
    }
    if (wanted !== `${this.chosen} ${this.unit}`) this.later() // the hand has gone on meanwhile
  }
}

/** How many units are above a tenth of the largest. */
function active(code) {
  const floor = ACTIVE * Math.max(...code.map(Math.abs))
  return code.reduce((count, value) => count + (Math.abs(value) > floor ? 1 : 0), 0)
}

const strongest = (code) => code.reduce((best, value, i) => (Math.abs(value) > Math.abs(code[best]) ? i : best), 0)

/** Bytes around 127.5 in base64 -> numbers around 0. */
function signed(base64) {
  return Float32Array.from(atob(base64), (character) => character.charCodeAt(0) / 127.5 - 1)
}

function captioned(about, paint) {
  const figure = document.createElement("figure")
  const canvas = document.createElement("canvas")
  const caption = document.createElement("figcaption")
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", `The kernel, ${about}`)
  caption.textContent = about
  paint(canvas)
  figure.append(canvas, caption)
  return figure
}

/** The whole code, a bar a unit; the chosen one stands out. */
function paintBars(canvas, code, most, unit, color) {
  const width = Math.round((canvas.clientWidth || 900) * devicePixelRatio)
  const height = Math.round((canvas.clientHeight || 62) * devicePixelRatio)
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const ctx = canvas.getContext("2d")
  ctx.clearRect(0, 0, width, height)
  const wide = width / code.length
  const bar = (i, paint, least = 0) => {
    const high = Math.max((Math.abs(code[i]) / most) * height * 0.94, least)
    ctx.fillStyle = paint
    ctx.fillRect(i * wide, height - high, Math.max(wide * 0.8, 1), high)
  }
  code.forEach((value, i) => bar(i, Math.abs(value) > ACTIVE * most ? color : "#5b6468"))
  ctx.globalAlpha = 0.35
  ctx.fillStyle = "#fff"
  ctx.fillRect(unit * wide - 1, 0, wide + 2, height)
  ctx.globalAlpha = 1
  bar(unit, "#fff", 2 * devicePixelRatio)
}
