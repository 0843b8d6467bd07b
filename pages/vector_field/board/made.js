// What the visitor makes on the board: points that they drop, and data that they draw; and how both reach the link.

import { Player } from "../../../ui/live/train/player.js"
import { curve } from "../trainer/curves.js"
import { packed, unpacked } from "./link.js"
import { Walkers } from "./walkers.js"

const MOST_DRAWN = 400 // points
const SETTLE = 400 // ms without a stroke, after which the link follows
const CORNERS = [1, 1, 1, -1, -1, 1, -1, -1] // where points are dropped at first
const ENDS = [1.2, 0, 0.2, 0] // the same on a line, whose second numbers do not count
const LINE = [-0.8, -0.1, 0.7] // the data of the line, until others are drawn

/** The part of a board that a link carries. */
export class Made extends Player {
  data = /** @type {any} */ (null) // Python's message
  walkers = new Walkers()
  points = new Float64Array(0) // the data
  strokes = false // they are drawn, not a curve
  sent = /** @type {?string} */ (null) // the drawn data, as the link has them
  sentWalk = /** @type {?string} */ (null)
  seq = 0
  tell = (/** @type {string} */ _name, /** @type {unknown} */ _value) => {}

  // the board's
  changed() {}
  /** @param {string} _name  @param {string} _value */
  choose(_name, _value) {}

  /** The data are what Python says: a curve, or what a link has kept of a drawing. */
  readPoints({ shape, drawn, dim }) {
    if (dim === 1 && drawn === null) this.points = Float64Array.from(LINE)
    else this.points = dim === 1 || shape === "own" ? unpacked(drawn, dim) : curve(shape)
    this.strokes = false
  }

  readWalk({ walk, dim }) {
    if (walk === this.sentWalk && this.walkers.list[0]?.start.length === dim) return
    const [mode, ...places] = (walk ?? "").split(".")
    this.choose("walk", mode === "wander" ? "wander" : "settle")
    const starts = walk ? unpacked(places.join(""), 2) : Float64Array.from(dim === 1 ? ENDS : CORNERS)
    this.walkers.list = []
    for (let i = 0; i < starts.length; i += 2) {
      this.walkers.add(dim === 2 ? [starts[i], starts[i + 1]] : [starts[i]])
    }
  }

  drop(place) {
    const walker = this.walkers.add(place)
    this.ask()
    return walker
  }

  drag(walker, place) {
    this.walkers.move(walker, place)
    this.ask()
  }

  lift(walker) {
    this.walkers.list = this.walkers.list.filter((one) => one !== walker)
    this.ask()
  }

  clearWalkers() {
    this.walkers.list = []
    this.tellWalk()
    this.ask()
  }

  /** The link follows what is dropped. */
  tellWalk() {
    const places = this.walkers.list.map(({ start: [x, y = 0] }) => packed(Float64Array.of(x, y)))
    this.sentWalk = [this.walkers.wandering ? "wander" : "settle", ...places].join(".")
    this.later()
  }

  beginStroke() {
    if (this.data.dim === 2 && this.data.shape !== "own" && !this.strokes) this.points = new Float64Array(0)
    this.strokes = true // the first one takes the place of a curve
  }

  put(place) {
    if (this.points.length / place.length >= MOST_DRAWN) return
    this.points = Float64Array.from([...this.points, ...place])
    this.worker?.postMessage({ do: "points", points: this.points })
    this.changed()
  }

  endStroke() {
    this.sent = packed(this.points)
    this.later()
  }

  clearPoints() {
    this.strokes = true
    this.points = new Float64Array(0)
    this.worker?.postMessage({ do: "points", points: this.points })
    this.sent = ""
    this.changed()
    this.later()
  }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (!this.root.isConnected) return
      const message = {
        seq: ++this.seq,
        dim: this.data.dim,
        drawn: this.strokes ? this.sent : null,
        walk: this.sentWalk ?? null,
      }
      this.tell("made", message)
    }, SETTLE)
  }
}
