// A walk from one galaxy to another: what lies under the slider is decoded here, every frame, and named by a classifier.
// Python keeps which two, where the slider rests and the way; nothing else goes to the server.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { Board } from "../../../ui/board.js"
import { ran } from "../../../ui/live/ran.js"
import { withNetwork } from "../../../ui/live/store.js"
import { galaxyPicture, pictureOf } from "../../../ui/output/galaxy.js"
import { bytesFrom, paintPicture } from "../../../ui/output/picture.js"
import { mount } from "../../../ui/view.js"
import { between, skyAt } from "../sky.js"
import { paintBand } from "./band.js"
import { STEPS, writeControls } from "./controls.js"

const SAMPLES = 29 // places at which the class along the way is computed
const CROSSING = 5000 // ms from A to B when playing
const PAUSE = 700 // ms a step, for those who asked for reduced motion
const REST = 500 // ms until the address follows
const SLICE = 12 // ms of a frame for what is not under the slider
const calm = matchMedia("(prefers-reduced-motion: reduce)")

/** @param {Component} component */
export default function (component) {
  return mount(component, ".stage", Stage, (stage) => {
    stage.send = (settings) => component.setStateValue("settings", settings)
  })
}

class Stage extends Board {
  decoder = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  sorter = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  sky = /** @type {?import("../sky.js").Sky} */ (null)
  pair = /** @type {any[]} */ ([]) // {id, kind, test, code, picture} of both ends
  t = 0
  way = "code"
  playing = false
  forward = true
  last = 0
  version = 0 // grows when an end or the way changes: what was computed before does not count
  done = /** @type {boolean[]} */ ([]) // of the strip
  classes = /** @type {Float32Array[]} */ ([]) // along the way
  timer = 0
  send = (/** @type {object} */ _settings) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => {
      this.play(false)
      this.goTo(this.slider.valueAsNumber)
    }
    this.find(".play").onclick = () => this.play(!this.playing)
    const press = (event) => this.key(event)
    document.addEventListener("keydown", press)
    const sizes = new ResizeObserver(() => this.paintBand())
    sizes.observe(this.find(".band"))
    this.ends.push(() => {
      this.play(false)
      clearTimeout(this.timer)
      document.removeEventListener("keydown", press)
      sizes.disconnect()
    })
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before) this.load(data)
    if (!before || data.fresh !== before.fresh) {
      this.t = data.t
      this.way = data.way
      this.decodeEnds(data.ends)
    }
    this.later()
  }

  load({ networks, sky }) {
    const decode = (loaded) => {
      this.decoder = loaded
      this.root.dataset.live = "1"
      this.anew()
    }
    this.meet(networks.decoder, decode, "The live walk is not available")
    // without a classifier no class is shown
    withNetwork(networks.classifier, (loaded) => {
      this.sorter = loaded
      this.anew()
    })
    skyAt(sky).then(
      (loaded) => {
        this.sky = loaded
        this.later()
      },
      () => this.say("The other galaxies could not be fetched: reload the page to choose another one."),
    )
  }

  /** Two galaxies from Python: number, kind, whether unseen, code in base64, and the picture as a file. */
  async decodeEnds(ends) {
    const version = ++this.version
    const taken = await Promise.all(
      ends.map(async (end) => ({
        ...end,
        code: new Float32Array(bytesFrom(end.code).buffer),
        picture: await pictureOf(bytesFrom(end.webp)),
      })),
    )
    if (version !== this.version) return
    this.pair = taken
    this.anew()
  }

  /** Another galaxy, which no network has learnt from, in place of an end. */
  async another(side) {
    if (!this.sky) return
    const test = this.sky.galaxies.filter(({ test, id }) => test && this.pair.every((end) => end.id !== id))
    const galaxy = test[Math.floor(Math.random() * test.length)]
    const version = ++this.version
    const picture = await this.sky.picture(galaxy.id)
    if (version !== this.version) return
    this.pair = this.pair.with(side, { ...galaxy, picture })
    this.anew()
    this.keep()
  }

  choose(way) {
    this.way = way
    this.anew()
    this.keep()
  }

  /** All that was computed is of other galaxies, or of another way. */
  anew() {
    this.done = []
    this.classes = []
    this.later()
  }

  // ---- where we are

  goTo(t) {
    this.t = Math.min(1, Math.max(0, t))
    this.later()
    this.keep()
  }

  keep() {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => {
      if (this.playing || !this.root.isConnected || this.pair.length < 2) return
      const [a, b] = this.pair.map(({ id }) => id)
      this.send({ a, b, t: Number(this.t.toFixed(2)), way: this.way })
    }, REST)
  }

  key(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0])
    if (event.key !== " " || !this.root.isConnected || !this.root.contains(target)) return
    if (target.closest?.("button")) return // it is pressed
    event.preventDefault()
    this.play(!this.playing)
  }

  play(playing) {
    if (playing === this.playing) return
    this.playing = playing
    this.last = 0
    const button = this.find(".play")
    button.setAttribute("aria-label", playing ? "Pause" : "Play")
    button.title = playing ? "Pause (space)" : "Play (space)"
    button.classList.toggle("on", playing)
    if (!playing) return this.keep()
    if (this.t >= 1) this.forward = false
    if (this.t <= 0) this.forward = true
    this.later()
  }

  /** Time goes on while it plays; back from B it turns round, and rests at A. */
  move(now) {
    const passed = this.last ? now - this.last : 0
    if (calm.matches && passed < PAUSE && this.last) return
    this.last = now
    const step = calm.matches ? (passed ? 1 / (STEPS - 1) : 0) : Math.min(passed, 100) / CROSSING
    this.t = Math.min(1, Math.max(0, this.t + (this.forward ? step : -step)))
    if (this.t >= 1) this.forward = false
    else if (this.t <= 0) this.play(false)
  }

  /** The picture at t: (3, SIDE, SIDE). */
  at(t) {
    const [a, b] = this.pair
    if (this.way === "fade") return between(a.picture.values, b.picture.values, t)
    return this.decoder?.decode(between(a.code, b.code, t)) ?? null
  }

  // ---- a frame

  later() {
    this.frame ??= requestAnimationFrame((now) => {
      this.frame = null
      if (!this.root.isConnected || !this.data) return
      if (this.playing) this.move(now)
      this.show()
      if (this.playing || this.fill()) this.later()
      this.counted()
    })
  }

  show() {
    writeControls(this)
    if (this.pair.length < 2) return
    const [first, , last] = this.root.querySelectorAll(".three canvas")
    paintPicture(/** @type {any} */ (first), this.pair[0].picture)
    paintPicture(/** @type {any} */ (last), this.pair[1].picture)
    const x = this.at(this.t)
    if (!x) return
    paintPicture(/** @type {any} */ (this.find(".now canvas")), galaxyPicture(x))
    if (this.way === "code" && this.decoder && !this.playing) {
      ran(this.decoder, "decode", between(this.pair[0].code, this.pair[1].code, this.t))
    }
    const p = this.sorter?.classify?.(x)
    if (p) this.name(p)
  }

  name(p) {
    const best = p.indexOf(Math.max(...p))
    const { kinds } = this.data
    render(html`looks like: <b>${kinds[best].title}</b>, ${Math.round(100 * p[best])}% sure`, this.find(".now span"))
    this.find(".now canvas").setAttribute(
      "aria-label",
      `${Math.round(100 * this.t)}% of the way from A to B: the classifier says ${kinds[best].title}`,
    )
  }

  /** Computes the strip and the classes along the way while the frame has time. @returns {boolean} whether more is left */
  fill() {
    if (this.pair.length < 2 || (this.way === "code" && !this.decoder)) return false
    const tiles = this.root.querySelectorAll(".strip canvas")
    const end = performance.now() + SLICE
    for (let i = 0; i < STEPS; i++) {
      if (this.done[i]) continue
      if (performance.now() > end) return true
      const given = i === 0 ? this.pair[0] : i === STEPS - 1 ? this.pair[1] : null
      paintPicture(
        /** @type {any} */ (tiles[i]),
        given ? given.picture : galaxyPicture(/** @type {any} */ (this.at(i / (STEPS - 1)))),
      )
      this.done[i] = true
    }
    while (this.sorter && this.classes.length < SAMPLES) {
      if (performance.now() > end) return true
      const x = this.at(this.classes.length / (SAMPLES - 1))
      this.classes.push(/** @type {any} */ (this.sorter.classify)(x))
      if (this.classes.length === SAMPLES) this.paintBand()
    }
    return false
  }

  paintBand() {
    if (this.classes.length < SAMPLES) return
    const along = paintBand(this.find(".band"), this.classes, this.data.kinds)
    if (along.length) this.root.dataset.along = along.join(",")
  }
}
