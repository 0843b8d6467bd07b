// Training: one or two networks learn in Web Workers, while this thread draws what they do. Nothing is sent to the server.
//
// data (pages/training/board/__init__.py): recipe (see LossRecipe), beside: the other run's loss or "", titles, digits:
// their address and how many, colors: of the ten classes

import { arrowKey } from "../../../ui/input/arrows.js"
import { share, shared } from "../../../ui/head/view.js"
import { fetchFile } from "../../../ui/live/fetch.js"
import { Player, themeOf } from "../../../ui/live/train/player.js"
import { mount } from "../../../ui/view.js"
import { Lane } from "./lane.js"
import { Lines } from "./lines.js"
import { PIXELS } from "../trainer/losses.js"
import { fitTiles, paintTiles } from "./paint.js"
import { serve } from "./worker.js"

const LOOK = 90 // ms between two questions to a worker, at least
const TELL = 250 // ms between two paintings of the curve and the numbers
const VIEW = "training_pixels" // in a shared link: what the pictures show
const REST = 40_000 // steps without a change, after which the training pauses by itself
const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)")

if (typeof document === "undefined" && typeof postMessage === "function") serve(globalThis) // this very file, as the worker

let digits = /** @type {?Promise<any>} */ (null) // fetched once

/** @param {Component} component */
export default function (component) {
  return mount(component, ".training", Board)
}

/** Digits for the training and the test, and one test digit of each class. */
async function fetchDigits({ address, training, test }) {
  const stream = new Blob([await fetchFile(address)]).stream().pipeThrough(new DecompressionStream("gzip"))
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  const at = [0, training * PIXELS, (training + test) * PIXELS, (training + test) * PIXELS + training, bytes.length]
  const [x, xTest, y, yTest] = at.slice(1).map((end, i) => bytes.slice(at[i], end))
  const shown = new Uint8Array(10 * PIXELS)
  for (let digit = 0; digit < 10; digit++) {
    const place = yTest.indexOf(digit)
    shown.set(xTest.subarray(place * PIXELS, (place + 1) * PIXELS), digit * PIXELS)
  }
  return { x, y, xTest, yTest, shown }
}

export class Board extends Player {
  data = /** @type {any} */ (null)
  digits = /** @type {any} */ (null)
  lanes = /** @type {Lane[]} */ ([])
  theme = /** @type {any} */ (null)
  drawn = false // pixels from the likelihood, not their means
  toldAt = -Infinity
  script = import.meta.url

  /** @param {Skeleton} root */
  constructor(root) {
    super()
    this.listen(root)
    this.lines = new Lines(this.find(".lines"))
    const radios = [...this.root.querySelectorAll("[data-paint]")]
    for (const button of radios) {
      button.onclick = () => this.choose(button.dataset.paint)
      button.onkeydown = (event) => radios[arrowKey(event, radios)]?.click()
    }
    this.choose(shared(VIEW) === "drawn" ? "drawn" : "means")
    this.quiet = share(VIEW, () => (this.drawn ? "drawn" : ""))
    this.resized = new ResizeObserver(() => {
      for (const { plane } of this.lanes) plane.stale = true
      this.toldAt = -Infinity
      this.ask()
    })
    this.resized.observe(this.root)
  }

  close() {
    super.close()
    this.quiet?.()
    for (const lane of this.lanes) lane.close()
    this.lines.hide()
    this.resized.disconnect()
  }

  fail() {
    this.find(".lanes").innerHTML =
      '<p class="note">The training cannot run in this browser now. Reload the page to try again, or use another browser.</p>'
  }

  // ---- what Python says

  update(data) {
    const before = this.data
    this.data = data
    this.recolor()
    if (!before) {
      digits ??= fetchDigits(data.digits)
      digits.then(
        (all) => this.begin(all),
        () => {
          digits = null
          this.fail()
        },
      )
      return
    }
    if (this.digits) this.place()
  }

  begin(all) {
    this.digits = all
    const given = this.find(".given canvas")
    fitTiles(given, 10)
    paintTiles(
      given,
      Float32Array.from(all.shown, (byte) => byte / 255),
      10,
    )
    this.place()
    this.play(true)
  }

  /** As many lanes as runs, each with its recipe. */
  place() {
    const { recipe, beside, titles } = this.data
    const recipes = beside ? [recipe, { ...recipe, loss: beside }] : [recipe]
    try {
      while (this.lanes.length < recipes.length) {
        const root = document.createElement("section")
        root.className = "lane"
        this.find(".lanes").append(root)
        const lane = new Lane(root, this.colorOf(this.lanes.length), this.digits, this)
        lane.update(recipes[this.lanes.length], titles)
        lane.post({ do: "play", playing: this.playing && !document.hidden })
        this.lanes.push(lane)
      }
    } catch {
      return this.fail()
    }
    for (const lane of this.lanes.splice(recipes.length)) {
      lane.close()
      lane.root.remove()
    }
    this.lanes.forEach((lane, i) => lane.update(recipes[i], titles))
    this.since = this.steps
    this.ask()
  }

  colorOf(place) {
    return place ? (this.theme.dark ? "#ff9a45" : "#b04d06") : this.theme.primary
  }

  recolor() {
    this.theme = themeOf(this.root)
    this.lanes.forEach((lane, i) => {
      lane.color = this.colorOf(i)
      lane.root.style.setProperty("--lane", lane.color)
    })
    for (const { plane } of this.lanes) plane.stale = true
    this.toldAt = -Infinity
    this.ask()
  }

  // ---- one frame

  /** A worker has news. */
  heard(lane) {
    const { answer } = lane
    lane.paintPictures(this.drawn)
    if (answer.lines && lane === this.lanes[0]) this.lines.show(answer.lines, calm?.matches ?? false)
    this.root.dataset.step = String(Math.min(...this.lanes.map(({ steps }) => steps)))
    if (this.playing && lane.steps - this.since > REST) this.play(false)
    this.ask()
  }

  draw(now) {
    const { lanes, data, theme } = this
    if (!this.root.isConnected || !data) return
    let moves = false
    for (const lane of lanes) {
      lane.look(now, LOOK, this.playing)
      const eases = lane.plane.ease(calm?.matches)
      lane.plane.paint(this.digits.yTest, data.colors, theme)
      moves ||= eases || lane.dirty
    }
    if (now - this.toldAt > TELL) {
      this.toldAt = now
      this.untold = false
      lanes.forEach((lane, i) => {
        lane.curve.paint(lane.color, theme, Boolean(lane.answer && lane.curve.points.at(-1)?.kl))
        lane.write(lanes[1 - i] ?? null)
      })
      this.writeCount()
    } else {
      this.untold = true
    }
    this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1) // for the browser tests and the benchmark
    if (this.playing || moves || this.untold) this.ask()
  }

  writeCount() {
    const [first] = this.lanes
    if (!first?.answer) return
    const rate = this.lanes.reduce((sum, { answer }) => sum + (answer?.rate ?? 0), 0)
    const speed =
      this.playing && rate ? `, <b>${(100 * Math.round(rate / 100)).toLocaleString("en")}</b> images a second` : ""
    this.find(".count").innerHTML = `<b>${first.steps.toLocaleString("en")}</b> steps${speed}`
  }

  // ---- what the visitor does

  get steps() {
    return Math.max(0, ...this.lanes.map(({ steps }) => steps))
  }

  post(message) {
    for (const lane of this.lanes) lane.post(message)
  }

  play(playing) {
    if (playing) this.lines.hide()
    super.play(playing)
  }

  reset() {
    this.lines.hide()
    for (const lane of this.lanes) lane.begin()
    this.since = 0
    this.root.dataset.step = "0"
    this.ask()
  }

  /** Hands a network to the server: the page's hidden uploader sends it, as it sends any file. */
  give(file) {
    const input = /** @type {?HTMLInputElement} */ (
      document.querySelector(`.st-key-${this.data.taker} input[type=file]`)
    )
    if (!input) return this.say("The network could not be sent. Download it, and open it in Denoise or Latent map.")
    const transfer = new DataTransfer()
    transfer.items.add(new File([file], "my-network.safetensors"))
    input.files = transfer.files
    input.dispatchEvent(new Event("change", { bubbles: true }))
    this.say("Sending your network ...")
  }

  say(words) {
    this.find(".status").textContent = words
  }

  choose(paint) {
    this.drawn = paint === "drawn"
    for (const button of this.root.querySelectorAll("[data-paint]")) {
      const chosen = button.dataset.paint === paint
      button.setAttribute("aria-checked", String(chosen))
      button.tabIndex = chosen ? 0 : -1
    }
    for (const lane of this.lanes) lane.paintPictures(this.drawn)
  }
}
