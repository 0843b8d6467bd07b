// A film of two trainings: a slider goes through their moments, and a curve says how many kinds of digits are left.
//
// data (pages/gans/film/__init__.py): sheet (a PNG: all frames of the first film, then of the next, one below the other),
// pictures (a frame), films

import { contextOf } from "../../../ui/output/picture.js"
import { closeLater, viewAt } from "../../../ui/view.js"
import { sharp } from "../../../ui/output/canvas.js"
import { colorsOf } from "../board/canvas.js"

const ACROSS = 28
const PACE = 160 // ms a frame
const NATS = Math.log(10) // nats

/** @param {Component} component */
export default function ({ data, parentElement }) {
  if (!data) return
  const film = viewAt(parentElement, () => new Film(parentElement, data))
  film.paint()
  return closeLater(film)
}

class Film {
  at = 0
  timer = /** @type {?number} */ (null)

  /** @param {Skeleton} parentElement */
  constructor(parentElement, data) {
    this.root = parentElement.querySelector(".film")
    this.data = data
    this.frames = data.films[0].frames.length
    this.slider = this.root.querySelector("input")
    this.slider.max = String(this.frames - 1)
    this.slider.oninput = () => {
      this.stop()
      this.show(Number(this.slider.value))
    }
    this.root.querySelector(".play").onclick = () => (this.timer === null ? this.play() : this.stop())
    this.rows = data.films.map((_film, i) => {
      const row = /** @type {any} */ (document.createElement("div"))
      row.innerHTML = `<p><i></i><b></b> <span></span></p><canvas role="img" width="${ACROSS * data.pictures}" height="${ACROSS}"></canvas>`
      this.root.querySelector(".rows").append(row)
      return { row, place: i }
    })
    this.resized = new ResizeObserver(() => this.paint())
    this.resized.observe(this.root)
    const bytes = Uint8Array.from(atob(data.sheet), (character) => character.charCodeAt(0))
    createImageBitmap(new Blob([bytes], { type: "image/png" })).then((bitmap) => {
      this.bitmap = bitmap
      this.show(this.frames - 1)
    })
  }

  close() {
    this.stop()
    this.resized.disconnect()
  }

  play() {
    if (this.at === this.frames - 1) this.show(0)
    this.timer = window.setInterval(() => {
      this.show(this.at + 1)
      if (this.at === this.frames - 1) this.stop()
    }, PACE)
    this.button()
  }

  stop() {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
    this.button()
  }

  button() {
    const button = this.root.querySelector(".play")
    button.classList.toggle("on", this.timer !== null)
    button.setAttribute("aria-label", this.timer === null ? "Play" : "Pause")
  }

  show(at) {
    this.at = Math.min(at, this.frames - 1)
    this.slider.value = String(this.at)
    this.paint()
  }

  paint() {
    const { bitmap, data, at } = this
    if (!bitmap || !this.root.isConnected) return
    const theme = colorsOf(this.root)
    const colors = [theme.data, theme.primary, theme.data, theme.primary]
    const { step, seconds } = data.films[0].frames[at]
    this.root.querySelector("output").textContent = `step ${step.toLocaleString("en")}, ${seconds.toFixed(1)} s`
    this.slider.setAttribute("aria-valuetext", `step ${step}`)
    for (const { row, place } of this.rows) {
      const { name, frames } = data.films[place]
      const canvas = row.querySelector("canvas")
      const ctx = contextOf(canvas)
      ctx.clearRect(0, 0, canvas.width, ACROSS)
      ctx.drawImage(bitmap, 0, (place * this.frames + at) * ACROSS, canvas.width, ACROSS, 0, 0, canvas.width, ACROSS)
      const { classes, entropy } = frames[at]
      const said = `${classes} class${classes === 1 ? "" : "es"}, entropy ${entropy.toFixed(2)} of ${NATS.toFixed(2)} nats`
      row.querySelector("i").style.cssText = `border-top: 3px ${place < 2 ? "solid" : "dashed"} ${colors[place]}`
      row.querySelector("b").textContent = name
      row.querySelector("span").textContent = said
      canvas.setAttribute("aria-label", `${name} at step ${step}: ${said}`)
    }
    this.curve(theme, colors)
  }

  curve(theme, colors) {
    const canvas = /** @type {any} */ (this.root.querySelector("canvas.curve"))
    const sheet = sharp(canvas)
    if (!sheet) return
    const { ctx, width, height } = sheet
    const { films } = this.data
    const last = films[0].frames[this.frames - 1].step
    const x = (step) => 30 + ((width - 40) * step) / last
    const y = (entropy) => 8 + (height - 30) * (1 - entropy / NATS)
    ctx.font = `12px ${theme.font}`
    ctx.fillStyle = theme.muted
    ctx.strokeStyle = theme.line
    ctx.textAlign = "right"
    for (const value of [0, 1, 2]) {
      ctx.fillText(String(value), 24, y(value) + 4)
      ctx.beginPath()
      ctx.moveTo(30, y(value))
      ctx.lineTo(width - 10, y(value))
      ctx.stroke()
    }
    ctx.fillText(`entropy of the classes, ${last.toLocaleString("en")} steps`, width - 10, height - 4)
    films.forEach(({ frames }, i) => {
      ctx.beginPath()
      for (const { step, entropy } of frames) ctx.lineTo(x(step), y(entropy))
      ctx.strokeStyle = colors[i]
      ctx.setLineDash(i < 2 ? [] : [5, 4]) // with fair knobs
      ctx.lineWidth = 2.4
      ctx.lineJoin = "round"
      ctx.stroke()
    })
    ctx.setLineDash([])
    ctx.beginPath()
    const { step } = films[0].frames[this.at]
    ctx.moveTo(x(step), y(NATS))
    ctx.lineTo(x(step), y(0))
    ctx.lineWidth = 1
    ctx.strokeStyle = theme.text
    ctx.stroke()
  }
}
