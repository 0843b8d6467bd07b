// A pulse under noise, and who hears it: all of it is made here, every frame, while a slider moves. The server is only
// told the settings, for the link.
//
// data (pages/signals/stage/__init__.py): settings, fresh, physics, unit and template (spectra), networks, names,
// colors, file

import { html, render } from "../../../ui/vendor/lit-html.js"
import { Board } from "../../../ui/board.js"
import { radios } from "../../../ui/input/radios.js"
import { ran } from "../../../ui/live/ran.js"
import { bytesFrom } from "../../../ui/output/picture.js"
import {
  galacticOf,
  noiseOf,
  otherDraw,
  packDrawing,
  placeDrawing,
  pulseOf,
  receivedOf,
  unpackDrawing,
} from "./draws.js"
import { sizes } from "./fourier.js"
import { Gallery, SEEDS } from "./gallery.js"
import { decibels, drawable, hear, judge, sentence } from "./hear.js"
import { DRAWN, PulsePad } from "./pad.js"
import { drawSpectrum, drawTrace } from "./paint.js"
import { bandPass, levelled, spread } from "./ways.js"
import { mount } from "../../../ui/view.js"

/** @param {Component} component */
export default function (component) {
  return mount(component, ".signals", Stage, (stage) => {
    stage.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Stage extends Board {
  settings = /** @type {any} */ (null)
  models = new Map() // way -> Network
  look = /** @type {?import("./paint.js").Look} */ (null)
  file = /** @type {?Float32Array} */ (null)
  galactic = new Map() // seed -> what its second draw became
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider("#snr", (value) => ({ snr: value }))
    this.slider("#colour", (value) => ({ colour: value }))
    this.slider("#carriers", (value) => ({ carriers: value }))
    for (const name of ["clipped", "silent"]) {
      const box = this.find(`input.${name}`)
      box.onchange = () => this.set({ [name]: box.checked })
    }
    this.find(".next").onclick = () => this.set({ seed: (this.settings.seed + 1) % SEEDS })
    this.pad = new PulsePad(/** @type {any} */ (root.querySelector("canvas.sheet")), (final) => {
      this.set({ drawn: this.pad.empty ? "" : packDrawing(this.pad.heights) }, final)
    })
    this.pad.canvas.onfocus = this.pad.canvas.onblur = () => this.later()
    this.find(".clear").onclick = () => this.pad.clear()
    this.find(".more").ontoggle = () => this.later()
    this.gallery = new Gallery(
      root,
      (seed) => this.strip(seed),
      (seed) => this.set({ seed }),
    )
    this.followSize(root)
    const scheme = matchMedia("(prefers-color-scheme: dark)")
    const repaint = () => setTimeout(() => this.later(), 300) // once Streamlit has followed
    scheme.addEventListener("change", repaint)
    this.ends.push(() => scheme.removeEventListener("change", repaint))
  }

  slider(selector, change) {
    const input = this.find(selector)
    input.oninput = () => this.set(change(input.valueAsNumber), false)
    input.onchange = () => this.send(this.settings)
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) {
      this.settings = { ...data.settings }
      this.pad.heights.set(unpackDrawing(data.settings.drawn, DRAWN) ?? new Float64Array(DRAWN))
    }
    if (data.file?.id !== before?.file?.id) this.file = data.file && new Float32Array(bytesFrom(data.file.x).buffer)
    for (const [way, sha256] of Object.entries(data.networks)) {
      if (before?.networks[way] !== sha256) this.load(way, sha256)
    }
    this.later()
  }

  load(way, sha256) {
    this.meet(sha256, (loaded) => {
      this.models.set(way, loaded)
      this.root.dataset.live = String(this.models.size)
    })
  }

  set(change, tell = true) {
    this.settings = { ...this.settings, ...change }
    if (tell) this.send(this.settings)
    this.later()
  }

  // ---- what is heard

  /** A trace: s the true pulse in mV, null where nobody knows it, and what is received. */
  trace(settings) {
    const { physics } = this.data
    if (this.file) return { s: null, x: this.file }
    const { at, s: bare } = pulseOf(physics, settings)
    const own = unpackDrawing(settings.drawn, DRAWN)
    const height = settings.silent ? 0 : settings.snr * physics.rms[settings.noise]
    const s = (own ? placeDrawing(own, at, physics.length) : bare).map((value) => height * value)
    const { noise, seed, colour } = settings
    if (noise === "background" && colour && !this.galactic.has(seed)) {
      this.galactic.set(seed, galacticOf(physics, otherDraw(seed, physics.length)))
    }
    const noises = noiseOf(physics, settings, this.galactic.get(seed) ?? new Float64Array(physics.length))
    return { s, x: receivedOf(physics, settings, s, noises) }
  }

  /** Who may listen here. */
  get ways() {
    const { noise, clipped } = this.settings
    const rails = clipped && !this.file && this.data.physics.rails[noise]
    const networks = ["unet", ...(this.file ? [] : [`review-${noise}`])].filter((way) => this.models.has(way))
    return [...networks, "matched", "wiener", "band", "raw", ...(rails ? ["rail"] : [])]
  }

  get way() {
    const { settings, ways } = this
    const wanted = settings.way === "review" ? `review-${settings.noise}` : settings.way
    return ways.includes(wanted) ? wanted : ways[0]
  }

  // ---- one frame

  show() {
    const { settings, data, way } = this
    this.look = lookOf(this.root, data.colors, way)
    this.root.style.setProperty("--ink", this.look.ink)
    this.root.style.setProperty("--muted", this.look.muted)
    const { s, x } = this.trace(settings)
    const heard = Object.fromEntries(this.ways.map((one) => [one, this.heard(one, settings, x)]))
    this.controls(heard, s)
    const mine = heard[way]
    const lines = { noisy: spread(x).centred, truth: s, recon: drawable(mine) }
    const [trace, spectrum] = this.root.querySelectorAll(".charts canvas")
    drawTrace(/** @type {any} */ (trace), lines, this.look, data.physics)
    const pair = mine.shapeless ? { ...lines, recon: null } : lines
    drawSpectrum(/** @type {any} */ (spectrum), pair, this.look, data.physics)
    const name = this.name(way)
    const said = sentence(name, mine, judge(mine, s), s, this.data.file?.begin)
    this.find(".verdict").textContent = said
    trace.setAttribute("aria-label", `A trace of 2.8 microseconds under noise. ${said}`)
    spectrum.setAttribute(
      "aria-label",
      "Spectrum of the trace from 0 to 90 MHz, of the true pulse and of what is heard",
    )
    this.find(".who").textContent = name
    this.own(s)
    if (this.models.has(way)) {
      const model = this.models.get(way)
      ran(model, "forward", levelled(x, model.card.config.level).x)
    }
    this.counted()
    this.root.dataset.place = String(mine.place)
    const made = JSON.stringify([{ ...settings, way }, this.models.size, this.data.fresh])
    const hidden = Boolean(this.file) || settings.silent
    this.gallery.gather(made, settings.seed, hidden, this.look, data.physics)
  }

  heard(way, settings, x) {
    return hear(way, this.data, settings, x, this.models.get(way) ?? null, Boolean(this.file))
  }

  /** One of the next traces, for the gallery. */
  strip(seed) {
    const settings = { ...this.settings, seed }
    const { s, x } = this.trace(settings)
    const answer = this.heard(this.way, settings, x)
    const lines = { noisy: spread(x).centred, truth: s, recon: drawable(answer) }
    return { seed, lines, shapeless: answer.shapeless, ...judge(answer, s) }
  }

  name(way) {
    return this.data.names[way.startsWith("review") ? "review" : way]
  }

  controls(heard, s) {
    const { settings, data, ways, way } = this
    const inNoise = (noise) => this.set({ noise })
    const title = (noise) => noise[0].toUpperCase() + noise.slice(1)
    render(radios(data.noises, settings.noise, inNoise, title), this.find(".noises"))
    const inside = (one) => {
      const { verdict, off, gain } = judge(heard[one], s)
      const text = verdict === "wrong" ? `${off} samples off` : heard[one].shapeless ? "found" : decibels(gain)
      return html`<span>${this.name(one)}</span><b class=${verdict === "weak" ? "good" : verdict}
        >${verdict ? text : `loudest at ${heard[one].place + (data.file?.begin ?? 0)}`}</b>`
    }
    const listen = (one) => this.set({ way: one.startsWith("review") ? "review" : one })
    render(radios(ways, way, listen, inside), this.find(".ways"))
    this.dial("#snr", settings.snr, settings.snr.toFixed(1))
    this.dial("#colour", settings.colour, settings.colour ? `${Math.round(100 * settings.colour)}% Galactic` : "white")
    this.dial("#carriers", settings.carriers, String(settings.carriers))
    const background = settings.noise === "background"
    for (const part of [".more", ".dial", ".next", ".noises", "i.truth", ".known"])
      this.find(part).hidden = Boolean(this.file)
    this.find(".colour").hidden = this.find(".carriers").hidden = !background
    this.find(".clip").hidden = background
    this.find("input.clipped").checked = settings.clipped
    this.find("input.silent").checked = settings.silent
  }

  dial(selector, value, text) {
    const input = this.find(selector)
    input.valueAsNumber = value
    input.setAttribute("aria-valuetext", text)
    input.parentElement.querySelector("output").textContent = text
  }

  /** The visitor's pulse, and how much of it lies where antennas listen. */
  own(s) {
    if (!this.find(".more").open) return
    if (this.look) this.pad.paint(this.look)
    const { physics } = this.data
    let text = ""
    if (this.settings.drawn && s?.some((value) => value)) {
      const size = sizes(s)
      const [inside, all] = [bandPass(physics), size].map((part) =>
        size.reduce((sum, a, k) => sum + a * a * (part === size ? 1 : part[k]), 0),
      )
      text = `${Math.round((100 * inside) / all)}% of its power lies in 30 to 80 MHz, the band the networks know.`
    } else text = "One swing at 30 to 80 MHz takes 2 to 6 samples."
    this.find(".share").textContent = text
    this.find(".clear").hidden = !this.settings.drawn
  }
}

function lookOf(root, colors, way) {
  const style = getComputedStyle(root)
  const value = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise
  const network = way === "unet" || way.startsWith("review")
  return {
    text: style.color,
    muted: value("--st-gray-text-color", "#808080"),
    grid: value("--st-border-color", "#8884"),
    ink: network ? colors.network : colors.classical,
  }
}
