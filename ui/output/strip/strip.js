// Draws pictures with their numbers. Everything that Python knows arrives in `data`; the error map, the crosshair that
// links all tiles, and the pictures while a hand draws are computed here: they follow the pointer without a message.

import { html, nothing } from "../../vendor/lit-html.js"
import { echoing } from "../../input/echo.js"
import { Rests } from "../below/rests.js"
import { figure, Figures, SCALE } from "../figure.js"
import { like, pictureFrom } from "../picture.js"
import { Follower } from "./follow.js"
import { mount } from "../../view.js"

const LINE = 18 // characters of a name that fit on one line

/** @param {Component} component */
export default function (component) {
  return mount(component, ".strip-body", Strip)
}

class Strip {
  message = /** @type {any} */ (null) // as `message` of ui/output/strip/__init__.py
  pictures = new Map() // id of a tile -> its picture in the message
  sketches = new Map() // id of a tile -> what the browser made of an unfinished drawing, which is newer

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.figures = new Figures(root)
    this.echo = echoing()
    this.rests = new Rests(root)
    this.follower = new Follower(
      (pictures) => this.sketch(pictures),
      (message) => this.receive(message, false),
    )
  }

  close() {
    this.follower.close()
    this.echo.close()
  }

  update(data) {
    this.root.classList.toggle("roomy", !!data.roomy)
    this.root.classList.toggle("small", !!data.small)
    this.root.classList.toggle("brief", !!data.brief)
    const ahead = this.follower.update(data.live)
    if (!this.follower.early) this.receive(data, ahead)
    this.figures.revealAt(data.reveal)
    this.rests.shows(data.version)
  }

  /** A message; `ahead`: what a hand draws meanwhile is newer and stays. */
  receive(message, ahead) {
    this.message = message
    const tiles = message.groups.flatMap((group) => group.tiles)
    this.pictures = new Map(tiles.map((tile) => [tile.id, pictureFrom(tile.picture)]))
    if (!ahead) this.sketches.clear()
    this.show(ahead)
  }

  /** Pictures that the browser made of an unfinished drawing. @param {Map<string, Float32Array>} values */
  sketch(values) {
    for (const [id, x] of values) {
      const picture = this.pictures.get(id)
      if (picture) this.sketches.set(id, like(picture, x))
    }
    this.show(true)
  }

  show(drawing) {
    const { groups, mode, verdict, terms } = this.message
    this.root.classList.toggle("errors", mode === "errors")
    this.root.classList.toggle("drawing", drawing)
    const now = (id) => this.sketches.get(id) ?? this.pictures.get(id)
    const clean = now("clean")
    const shown = new Map()
    for (const { id } of groups.flatMap((group) => group.tiles)) {
      shown.set(id, { picture: now(id), clean: mode === "errors" && id !== "clean" ? clean : null })
    }
    const one = (tile) => {
      const sketch = this.sketches.get(tile.id)
      const line = ["ssim", tile.ssim]
      if (!sketch) return figure(tile, shown.get(tile.id), { line, terms })
      // Its PSNR is known here, the rest waits for Python's answer.
      const value = tile.value && tile.id !== "clean" ? decibel(sketch, clean) : tile.value
      const label = tile.id === "clean" ? this.follower.plan.name : tile.label
      const waits = { ...tile, value, label, reads: tile.reads && "…", sure: "", wrong: false, alt: label }
      return figure(waits, shown.get(tile.id), { state: "sketch", line: ["ssim", tile.ssim && "SSIM …"], terms })
    }
    const [lead, ...others] = groups
    const long = (groups) => (groups.some(({ tiles }) => tiles.some(({ label }) => label.length > LINE)) ? " long" : "")
    this.figures.show(
      html`<div class=${`lead${lead.tiles.length > 2 ? " triple" : ""}`}>
          <div class=${`tiles${long([lead])}`}>
            ${lead.tiles.map((tile, place) => html`${place ? ARROW : nothing}${one(tile)}`)}
          </div>
          <div class="verdict" aria-live="polite" ?hidden=${!verdict}>
            <b>${verdict?.[0]}</b><span>${verdict?.[1]}</span>
          </div>
        </div>
        <div class=${`groups${long(others)}`}>
          ${others.map(
            ({ title, tiles }) =>
              html`<div class="group">
                ${title ? html`<h2>${title}</h2>` : nothing}
                <div class="tiles">${tiles.map(one)}</div>
              </div>`,
          )}
        </div>
        ${SCALE}`,
      shown,
    )
    this.tell(now, clean)
  }

  /** Tells the pad, which shows on a phone what is below the fold there. */
  tell(now, clean) {
    const { groups, echo } = this.message
    const { plan } = this.follower
    if (!plan || !echo.length) return
    const tiles = groups.flatMap((group) => group.tiles).filter(({ id }) => echo.includes(id))
    const value = ({ id, value, unit }) => `${this.sketches.has(id) ? decibel(now(id), clean) : value} ${unit}`
    const told = tiles.map((tile) => ({ label: tile.label, value: value(tile), picture: now(tile.id) }))
    this.echo.tell(plan.pad, told)
  }
}

const ARROW = html`<div class="arrow" aria-hidden="true">
  <svg viewBox="0 0 24 24"><path d="M4 12h15 M13 6l6 6-6 6" /></svg>
</div>`

/** PSNR as ui/output/strip/__init__.py writes it. */
function decibel(picture, clean) {
  const { values, low, high } = picture
  const error =
    values.reduce((sum, value, i) => sum + ((value - clean.values[i]) / (high - low)) ** 2, 0) / values.length
  const psnr = -10 * Math.log10(error)
  return psnr < 99 ? psnr.toFixed(1) : "\u221e"
}
