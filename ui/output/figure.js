// What the boards of pictures share: a picture with its words and numbers, and the crosshair that links all of them.

import { html, nothing, render } from "../vendor/lit-html.js"
import { extent, isTrace, paintPicture, proportions } from "./picture.js"

/**
 * What a figure shows.
 * @typedef {object} Shown
 * @property {import("./picture.js").Picture} picture
 * @property {?import("./picture.js").Picture} clean  what it should be, where its errors are shown
 */

/**
 * One tile of a message with the name, the numbers and the judge's verdict under it.
 * @param {any} tile  of ui/output/strip/__init__.py or pages/inpaint/board/__init__.py
 * @param {Shown} shown
 * @param {object} [more]
 * @param {string} [more.state]  further classes
 * @param {string} [more.style]
 * @param {unknown} [more.overlay]  what lies on the picture
 * @param {string[]} [more.line]  class and text of the line below the number
 * @param {Object<string, string>} [more.terms]  class of a line -> what it means, on hovering
 */
export function figure(tile, { picture, clean }, { state = "", style = "", overlay, line = [], terms = {} } = {}) {
  const classes = [state, tile.best && "best", isTrace(picture) && "trace"]
  const [wide, high] = proportions(picture)
  const [name, text] = line
  return html`<figure
    class=${classes.filter(Boolean).join(" ")}
    style=${`--wide: ${wide}; --high: ${high}; ${style}`}
    data-tile=${tile.id}
  >
    <div class="frame">
      <canvas role="img" aria-label=${(clean ? "Error map. " : "") + tile.alt}></canvas>${overlay ?? nothing}
      <div class="cross"></div>
      <div class="read"></div>
    </div>
    <div class="badge">Best</div>
    <figcaption>
      <div class="name" title=${tile.help}>
        ${tile.color ? html`<span class="dot" style=${`background: ${tile.color}`}></span>` : nothing}<span
          >${tile.label}</span
        >
      </div>
      ${tile.value ? html`<div class="value" title=${terms.value ?? ""}>${tile.value}${unit(tile.unit)}</div>` : nothing}
      ${text ? html`<div class=${`more ${name}`} title=${terms[name] ?? ""}>${text}</div>` : nothing}
      ${tile.reads ? judge(tile, terms.judge) : nothing}
    </figcaption>
  </figure>`
}

const unit = (text) => (text ? html`<small> ${text}</small>` : nothing)

const judge = ({ reads, sure, wrong }, term) =>
  html`<div class=${wrong ? "more judge wrong" : "more judge"} title=${term ?? ""}>reads <b>${reads}</b>${sure ? ` · ${sure}` : nothing}</div>`

/** The colours of the error maps. */
export const SCALE = html`<div class="legend">
  <span>too dark</span><i></i><span>too bright</span><span>black: exact</span>
</div>`

/** A board of figures, under one crosshair: the same place is marked and read in all, under mouse, pen or finger. */
export class Figures {
  shown = /** @type {Map<string, Shown>} */ (new Map()) // id of a tile -> what it shows
  painted = new WeakMap() // canvas -> what it shows
  place = [0, 0] // of the pointer on a picture, from 0 to 1 across and down
  reveal = -1 // the last message's

  /** @param {HTMLElement} root  that holds nothing else */
  constructor(root) {
    this.root = root
    root.addEventListener("pointermove", (event) => {
      const frame = /** @type {Element} */ (event.target).closest(".frame")
      root.classList.toggle("hovering", !!frame)
      if (frame) this.point(frame.getBoundingClientRect(), event)
    })
    root.addEventListener("pointerleave", () => root.classList.remove("hovering"))
  }

  /**
   * Renders the board, and paints what has changed.
   * @param {unknown} template
   * @param {Map<string, Shown>} shown  of every figure in it
   */
  show(template, shown) {
    render(template, this.root)
    this.shown = shown
    for (const [canvas, one] of this.canvases()) {
      const before = this.painted.get(canvas)
      if (before?.picture !== one.picture || before.clean !== one.clean) paintPicture(canvas, one.picture, one.clean)
      this.painted.set(canvas, one)
    }
    this.read()
  }

  /** @returns {[HTMLCanvasElement, Shown][]} */
  canvases() {
    return [...this.root.querySelectorAll("canvas")].map((canvas) => {
      return [canvas, /** @type {Shown} */ (this.shown.get(figureOf(canvas).dataset.tile ?? ""))]
    })
  }

  point(box, { clientX, clientY }) {
    const share = (offset, size) => Math.min(1 - 1e-9, Math.max(0, offset / size))
    this.place = [share(clientX - box.left, box.width), share(clientY - box.top, box.height)]
    this.read()
  }

  /** Marks the place in every figure, and writes the value there, or its error. */
  read() {
    if (!this.root.classList.contains("hovering")) return
    for (const [canvas, { picture, clean }] of this.canvases()) {
      const { across, down } = extent(picture)
      const [column, row] = [Math.floor(this.place[0] * across), Math.floor(this.place[1] * down)]
      const [cross, read] = /** @type {NodeListOf<HTMLElement>} */ (figureOf(canvas).querySelectorAll(".cross, .read"))
      const percent = (part, whole) => `${(100 * part) / whole}%`
      Object.assign(cross.style, {
        left: percent(column, across),
        top: percent(row, down),
        width: percent(1, across),
        height: percent(1, down),
      })
      const numbers = []
      for (let i = row * across + column; i < picture.values.length; i += across * down) {
        numbers.push(number(picture.values[i] - (clean?.values[i] ?? 0), clean !== null))
      }
      read.textContent = numbers.join(" ")
    }
  }

  /** Scrolls to the board when the `reveal` of a message has grown: a chip below it changed what it shows. */
  revealAt(reveal) {
    if (this.reveal >= 0 && reveal > this.reveal) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
      this.root.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" })
    }
    this.reveal = reveal
  }
}

const figureOf = (canvas) => /** @type {HTMLElement} */ (canvas.closest("figure"))

function number(value, signed) {
  const sign = signed && value > 0.004 ? "+" : ""
  return sign + value.toFixed(2).replace("-", "\u2212")
}
