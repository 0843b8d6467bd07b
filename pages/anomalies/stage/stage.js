// A digit under the chosen score: what is made of it, where they differ, whether it passes. While a hand draws, the
// network of that score runs here, every frame; the other scores come from the server once the pen lifts. The threshold,
// the histogram and the ROC never ask the server.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { reduced } from "../../../ui/input/digit.js"
import { radios } from "../../../ui/input/radios.js"
import { ran } from "../../../ui/live/ran.js"
import { digitTile, paintPicture } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { PadBoard, PEN } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"
import { axisOf, paintHistogram, paintRoc } from "./charts.js"
import { errorOf, errorPerInk, negativeElbo, oddness, quantile, quantilesFrom, shareBelow } from "./marks.js"

const MADE = { pca: "In PCA's plane", nearest: "Nearest normal digit" } // what others than networks make of it

/** @param {Component} component */
export default function (component) {
  return mount(component, ".stage", Stage, (stage) => {
    stage.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Stage extends PadBoard {
  settings = /** @type {any} */ ({})
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  recon = /** @type {Record<string, Float32Array>} */ ({})
  marks = /** @type {Record<string, number>} */ ({})
  usual = /** @type {Record<string, Float64Array>} */ ({})
  odd = /** @type {Record<string, Float64Array>} */ ({})
  axis = /** @type {[number, number]} */ ([0, 1])
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => this.pass(this.slider.valueAsNumber)
    this.slider.onchange = () => this.tell()
    const histogram = this.find(".histogram")
    histogram.onpointerdown = (event) => {
      if (event.button !== 0) return
      histogram.setPointerCapture(event.pointerId)
      this.dragged(event)
    }
    histogram.onpointermove = (event) => {
      if (histogram.hasPointerCapture(event.pointerId)) this.dragged(event)
    }
    histogram.onpointerup = () => this.tell()
    this.followPad()
    this.followSize(histogram)
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) this.settings = { ...data.settings }
    const unpacked = (lists) =>
      Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, quantilesFrom(list)]))
    this.usual = unpacked(data.usual)
    this.odd = unpacked(data.odd)
    if (this.caughtUp) {
      this.x = digitsFrom(data.x)[0]
      this.recon = Object.fromEntries(Object.entries(data.recon).map(([key, x]) => [key, digitsFrom(x)[0]]))
      this.marks = data.marks
    }
    if (before?.network !== data.network) this.load(data.network)
    this.later()
  }

  load(sha256) {
    this.model = null
    delete this.root.dataset.live
    if (!sha256) return
    const use = (loaded) => {
      if (sha256 !== this.data.network) return
      this.model = loaded
      this.root.dataset.live = "1"
    }
    this.meet(sha256, use, "Live scores are not available")
  }

  /** The pad's ink has changed: the hand's digit is on the stage again. */
  drawn(detail) {
    const own = this.inked(detail)
    const x = detail.over ? reduced(detail.raster(PEN), PEN) : own
    if (x) {
      this.x = x
      this.settings.thing = ""
      this.recon = {}
      this.marks = {}
      this.run()
    }
    this.later()
  }

  /** The chosen score's network on what is drawn. */
  run() {
    const { model, data, x } = this
    const { score } = this.settings
    if (!model || data.settings.score !== score || data.settings.normal !== this.settings.normal) return
    const { y, usual, noise } = data.extra
    const recon = y === undefined ? model.forward(x) : model.forward(x, y)
    if (y === undefined) ran(model, "forward", x)
    this.recon[score] = recon
    if (score === "ink") this.marks[score] = errorPerInk(x, recon)
    else if (score === "both") this.marks[score] = oddness(x, recon, model.features?.(x) ?? [], usual)
    else if (score === "elbo") {
      const bytes = Uint8Array.from(atob(noise), (character) => character.charCodeAt(0))
      const posterior = y === undefined ? model.posterior?.(x) : model.posterior?.(x, y)
      const decode = (z) => (y === undefined ? model.decode(z) : model.decode(z, y))
      if (posterior) this.marks[score] = negativeElbo(x, posterior, decode, new Float32Array(bytes.buffer))
    } else this.marks[score] = errorOf(x, recon)
  }

  change(settings) {
    Object.assign(this.settings, settings)
    this.tell()
  }

  tell() {
    this.send({ ...this.settings })
    this.later()
  }

  pass(percent) {
    this.settings.passing = Math.min(Math.max(Math.round(2 * percent) / 2, this.data.least), 100)
    this.later()
  }

  dragged(event) {
    const box = event.currentTarget.getBoundingClientRect()
    const [low, high] = this.axis
    const score = low + ((event.clientX - box.left) / box.width) * (high - low)
    this.pass(shareBelow(score, this.usual[this.settings.score]))
  }

  threshold(score) {
    return quantile(this.settings.passing, this.usual[score])
  }

  show() {
    const { scores } = this.data
    if (!(this.settings.score in scores)) this.settings.score = this.data.settings.score
    this.controls()
    this.paintTiles()
    this.sayVerdict()
    this.showMarks()
    this.paintCharts()
    this.counted()
  }

  controls() {
    const { normals, things } = this.data
    const option =
      (chosen) =>
      ([key, name]) =>
        html`<option value=${key} ?selected=${key === chosen}>${name}</option>`
    const select = this.find(".normal select")
    render(Object.entries(normals).map(option(this.settings.normal)), select)
    select.value = this.settings.normal
    select.onchange = () => this.change({ normal: select.value })
    const thing = ([key, name]) => html`<button
      type="button" aria-pressed=${key === this.settings.thing}
      @click=${() => this.change({ thing: key === this.settings.thing ? "" : key })}>${name}</button>`
    render(Object.entries(things).map(thing), this.find(".things"))
  }

  paintTiles() {
    const { score } = this.settings
    const recon = this.recon[score]
    const [own, redrawn, differs] = /** @type {HTMLCanvasElement[]} */ ([
      ...this.root.querySelectorAll(".tiles canvas"),
    ])
    const say = (figure, words) => {
      this.find(`${figure} figcaption`).textContent = words
      this.find(`${figure} canvas`).setAttribute("aria-label", words)
    }
    digitTile(own, this.x)
    say(".own", this.settings.thing ? this.data.things[this.settings.thing] : "Input")
    digitTile(redrawn, recon ?? new Float32Array(784))
    say(".redrawn", recon ? (MADE[score] ?? "Redrawn") : "No redrawing")
    const picture = (values) => ({ shape: [1, 28, 28], low: 0, high: 1, values })
    paintPicture(differs, picture(recon ?? this.x), picture(this.x))
    say(".differs", recon ? "Error" : "")
  }

  sayVerdict() {
    const { score, normal } = this.settings
    const name = this.data.normals[normal]
    const mark = this.marks[score]
    const parts = this.words(mark, score, name)
    if (score === "doubt" && mark !== undefined) parts[1] = this.data.reads
    render(html`${parts[0]}<small>${parts[1]}</small>`, this.find(".verdict"))
  }

  /** What the score says, and how that stands among the normal. */
  words(mark, score, name) {
    if (mark === undefined) return ["…", ""]
    const below = shareBelow(mark, this.usual[score])
    const alarm = mark > this.threshold(score)
    if (alarm) return ["Odd.", sentence(`${shown(below)}% of normal ${name} score less.`)]
    return [
      "Passes as normal.",
      below < 0.25 ? `No normal ${name} score less.` : sentence(`${shown(below)}% of normal ${name} score less.`),
    ]
  }

  showMarks() {
    const { scores } = this.data
    const { score, passing } = this.settings
    const standing = (key) => {
      const mark = this.marks[key]
      if (mark === undefined) return { below: 0, alarm: false, said: "…" }
      const alarm = mark > this.threshold(key)
      return { below: shareBelow(mark, this.usual[key]), alarm, said: alarm ? "odd" : "passes" }
    }
    const inside = (key) => {
      const { below, said } = standing(key)
      return html`<span>${scores[key]}</span
        ><span class="bar"><i style=${`width: ${below}%`}></i><b style=${`left: ${passing}%`}></b></span
        ><span>${said}</span>`
    }
    const more = (key) => {
      const { below, alarm, said } = standing(key)
      const label = `${scores[key]}: ${said}, ${shown(below)}% of the normal score less`
      return { name: alarm ? "alarm" : "", label }
    }
    const choose = (key) => this.change({ score: key })
    render(radios(Object.keys(scores), score, choose, inside, more), this.find(".marks"))
  }

  paintCharts() {
    const { score, passing, normal } = this.settings
    const [usual, odd] = [this.usual[score], this.odd[score] ?? null]
    const [threshold, mark] = [this.threshold(score), this.marks[score] ?? null]
    this.axis = axisOf(usual, odd)
    const name = this.data.normals[normal]
    const others = normal === "digits" ? this.data.sets[this.settings.strangers]?.toLowerCase() : "other digits"
    this.find(".name").textContent = `${this.data.scores[score]}: normal ${name} grey, ${others} orange`
    const [histogram, roc] = /** @type {HTMLCanvasElement[]} */ ([...this.root.querySelectorAll(".charts canvas")])
    paintHistogram(histogram, { usual, odd, axis: this.axis, threshold, mark })
    histogram.setAttribute("aria-label", `Histogram of scores; ${passing}% of normal ${name} lie below the threshold`)
    this.slider.min = String(this.data.least)
    this.slider.valueAsNumber = passing
    this.slider.setAttribute("aria-valuetext", `${passing}% pass`)
    this.find(".passing").textContent = `${passing}% of normal ${name} pass; ${100 - passing}% are false alarms.`
    if (odd) {
      paintRoc(roc, usual, odd, threshold)
      roc.setAttribute("aria-label", `ROC of ${this.data.scores[score]}`)
    }
    this.sayRates(score, odd, threshold, others)
  }

  sayRates(score, odd, threshold, others) {
    const area = this.data.areas[score]
    const sets = Object.entries(this.data.sets)
    const finds = odd ? html`Finds <b>${shown(100 - shareBelow(threshold, odd))}%</b> of ${others}.<br />` : ""
    const all = area === undefined ? "" : html`AUROC ${area.toFixed(1)}%`
    const choose = html`<br /><select aria-label="Strangers" @change=${(event) => this.change({ strangers: event.target.value })}
      >${sets.map(([key, name]) => html`<option value=${key} ?selected=${key === this.settings.strangers}>${name}</option>`)}</select>`
    render(html`${finds}${all}${sets.length ? choose : ""}`, this.find(".rates"))
  }
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1)

/** A percentage that says no more than it knows. */
function shown(percent) {
  if (percent > 0 && percent < 1) return "under 1"
  return percent > 99 && percent < 100 ? "over 99" : String(Math.round(percent))
}
