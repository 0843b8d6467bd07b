// One panel of the latent map: its frame and numbers, the network behind it, the visitor's digit on it, and the grid of
// digits that it decodes.

import { ran } from "../../../ui/live/ran.js"
import { contextOf, digitTile, SIDE } from "../../../ui/output/picture.js"
import { PaintedMap } from "./paint.js"
import { pointsOf } from "../points/points.js"
import { withNetwork } from "../../../ui/live/store.js"

const SLICE = 6 // ms of decoding a frame
const TILE = 28 // px of a decoded digit behind the points, as its pixels are
const GRID_REST = 150 // ms that the view rests before its grid is decoded

export class MapPanel extends PaintedMap {
  network = /** @type {any} */ (null) // as ui/live/network.js makes it; null until it has come, or where there is none

  constructor(spec, board) {
    super(spec, board)
    this.observer = new ResizeObserver(() => this.resize())
    this.observer.observe(this.plot)
    this.say("The map is on its way")
    pointsOf(spec.id).then((points) => this.receive(points))
    this.listen = ({ detail }) => detail.id === spec.id && this.receive(detail)
    document.addEventListener("map:points", this.listen)
    if (spec.model) {
      withNetwork(
        spec.model.sha256,
        (loaded) => {
          this.network = loaded
          this.placeOwn()
          this.regrid()
          board.ask()
        },
        () => this.say(`${spec.model.title} cannot run in this browser`),
      )
    }
  }

  /** Points have come, or have moved. */
  receive(points) {
    const grows = this.points !== null
    if (grows && points.xy.every((value, i) => value === this.points.xy[i])) return
    this.points = points
    this.say("")
    if (grows) this.view = null
    this.reshape()
    this.board.views.refit(this)
    this.board.views.restore(this)
    this.placeOwn()
    this.board.ask()
  }

  describe(spec) {
    this.spec = spec
    this.frame()
  }

  close() {
    this.closed = true
    clearTimeout(this.gridTimer)
    document.removeEventListener("map:points", this.listen)
    this.observer.disconnect()
    this.section.remove()
  }

  get alive() {
    return this.spec.decodes && this.network !== null
  }

  say(text) {
    this.note = text
    this.frame()
  }

  // ---- the visitor's own digit

  /** Put the visitor's digit on this map, by the network or the projection that made it. */
  placeOwn() {
    const drawn = this.board.own.digit
    const { spec, network: net, points } = this
    this.own = null
    this.moved = true
    if (!drawn || spec.place === "none") return this.showOwn()
    if (spec.place === "server") {
      const at = drawn.places?.[spec.name]
      this.own = at ? { at } : null
    } else if (!spec.model || net) {
      const { mu, logvar } = net?.posterior ? net.posterior(drawn.x) : { mu: net ? net.encode(drawn.x) : drawn.x }
      if (!spec.decodes) this.own = points ? { at: projected(mu, points.linear) } : null
      else {
        this.own = { at: [...mu], mu, recon: net.decode(mu), sigma: logvar?.map((value) => Math.exp(value / 2)) }
        ran(net, net.posterior ? "posterior" : "forward", drawn.x)
        if (this.epsilon) this.sample(this.epsilon)
      }
    }
    this.showOwn()
  }

  /** z = mu + sigma * epsilon, decoded. */
  sample(epsilon) {
    const { own } = this
    this.epsilon = epsilon
    if (!own?.sigma) return
    own.sample = own.mu.map((value, i) => value + own.sigma[i] * epsilon[i])
    own.recon = this.network.decode(own.sample)
  }

  /** Zoom in on the visitor's digit until its posterior can be seen. */
  approach() {
    const [x, y] = this.own.at
    const scale = Math.min(this.height / 8 / Math.max(...this.own.sigma), this.fitted * 200)
    this.view = { x, y, scale }
    this.fits = false
    for (const other of this.board.views.sharing(this)) if (other.own) [other.view.x, other.view.y] = other.own.at
    this.board.views.scaled(this)
    this.changed()
  }

  /** Another draw from its posterior. */
  resample() {
    this.sample([gauss(), gauss()])
    this.showOwn()
    this.board.ask()
  }

  showOwn() {
    this.frame()
    if (!this.own?.recon) return
    const [input, output] = this.section.querySelectorAll(".own canvas")
    digitTile(/** @type {any} */ (input), this.board.own.digit.x)
    digitTile(/** @type {any} */ (output), this.own.recon)
    this.moved = true
  }

  // ---- the grid of decoded digits

  /** Decode what is in sight, one code a tile, in slices that nobody notices, once the view rests. */
  regrid() {
    clearTimeout(this.gridTimer)
    if (!this.board.grid) {
      if (this.tiles) this.stale = true
      this.tiles = null
    } else if (this.alive && this.view && this.width) this.gridTimer = setTimeout(() => this.decodeGrid(), GRID_REST)
  }

  async decodeGrid() {
    const { width, height, view } = this
    const [columns, rows] = [Math.max(1, Math.floor(width / TILE)), Math.max(1, Math.floor(height / TILE))]
    const canvas = document.createElement("canvas")
    ;[canvas.width, canvas.height] = [columns * SIDE, rows * SIDE]
    const ctx = contextOf(canvas)
    ctx.fillStyle = "#0b0e10"
    ctx.fillRect(0, 0, canvas.width, canvas.height)
    const [left, top] = this.toMap(0, 0)
    const box = [left, top, width / view.scale, height / view.scale]
    const tiles = { canvas, box }
    this.grid = tiles // the one that is decoded now
    const small = document.createElement("canvas")
    let start = performance.now()
    for (const [column, row] of middleFirst(columns, rows)) {
      const x = left + ((column + 0.5) / columns) * box[2]
      const y = top - ((row + 0.5) / rows) * box[3]
      digitTile(small, this.network.decode(Float32Array.of(x, y)))
      ctx.drawImage(small, column * SIDE, row * SIDE)
      if (performance.now() - start < SLICE) continue
      await new Promise((next) => requestAnimationFrame(next))
      if (this.closed || this.grid !== tiles || !this.board.grid) return
      start = performance.now()
    }
    this.tiles = tiles
    this.stale = true // fewer and smaller dots
    this.board.ask()
  }
}

/** z (D) on the two directions of a PCA. */
function projected(z, { mean, components }) {
  const at = [0, 0]
  for (let i = 0; i < z.length; i++) {
    at[0] += (z[i] - mean[i]) * components[i]
    at[1] += (z[i] - mean[i]) * components[z.length + i]
  }
  return at
}

/** Cells [column, row] of a grid, the middle first. */
function middleFirst(columns, rows) {
  const far = (/** @type {number[]} */ [x, y]) => Math.hypot(x + 0.5 - columns / 2, y + 0.5 - rows / 2)
  const cells = Array.from({ length: columns * rows }, (_, i) => [i % columns, Math.floor(i / columns)])
  return cells.sort((a, b) => far(a) - far(b))
}

/** One draw of N(0, 1), by Box and Muller. */
function gauss() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
}
