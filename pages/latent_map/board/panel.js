// One panel of the latent map: its frame and numbers, the network behind it, the visitor's digit on it, and the grid of
// digits that it decodes.

import { contextOf, digitTile, SIDE } from "../../../ui/output/picture.js"
import { GRID, PaintedMap } from "./paint.js"
import { pointsOf } from "../points/points.js"
import { network } from "../../../ui/live/store.js"

const SLICE = 6 // ms of decoding a frame

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
      network(spec.model.sha256).then(
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
    this.placeOwn()
    this.board.ask()
  }

  describe(spec) {
    this.spec = spec
    this.frame()
  }

  close() {
    this.closed = true
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
    const [x, y] = this.flatten(...this.own.at)
    const [right] = this.flatten(this.own.mu[0] + Math.max(...this.own.sigma), this.own.mu[1])
    this.view = { x, y, scale: Math.min(this.height / 8 / Math.abs(right - x), this.fitted * 200) }
    this.stale = this.moved = true
    this.board.ask()
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

  /** Decode GRID x GRID codes in slices that nobody notices; the VAE's follow the prior's quantiles (`flatten`). */
  async regrid() {
    const wanted = this.board.grid && this.alive && this.points
    this.stale = true
    if (!wanted) {
      if (this.tiles?.done) this.lastTiles = this.tiles
      this.tiles = null
      return
    }
    this.tiles ??= this.lastTiles
    if (this.tiles) return
    const canvas = document.createElement("canvas")
    canvas.width = canvas.height = GRID * SIDE
    const ctx = contextOf(canvas)
    ctx.fillStyle = "#0b0e10"
    ctx.fillRect(0, 0, canvas.width, canvas.height)
    const [left, right, bottom, top] = this.quantileBox()
    const side = Math.max(right - left, top - bottom)
    const box = [(left + right - side) / 2, (bottom + top - side) / 2, side]
    const tiles = { canvas, box, done: false }
    this.tiles = tiles
    const small = document.createElement("canvas")
    let start = performance.now()
    for (const [column, row, size] of coarseToFine(GRID)) {
      const x = box[0] + ((column + size / 2) / GRID) * side
      const y = box[1] + (1 - (row + size / 2) / GRID) * side
      digitTile(small, this.network.decode(Float32Array.from(this.unflatten(x, y))))
      ctx.drawImage(small, column * SIDE, row * SIDE, size * SIDE, size * SIDE)
      if (performance.now() - start < SLICE) continue
      await new Promise((next) => requestAnimationFrame(next))
      if (this.closed || this.tiles !== tiles) return
      start = performance.now()
      this.decoded = true
      this.board.ask()
    }
    tiles.done = this.decoded = true
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

/** Cells [column, row, size] of a square grid: a few large ones first, then each four times finer, the middle first. */
function coarseToFine(side) {
  return [4, 2, 1].flatMap((size) => {
    const far = (/** @type {number[]} */ [x, y]) => Math.hypot(x + size / 2 - side / 2, y + size / 2 - side / 2)
    const across = side / size
    const cell = (_, i) => [(i % across) * size, Math.floor(i / across) * size, size]
    const cells = Array.from({ length: across ** 2 }, cell)
    return cells.sort((a, b) => far(a) - far(b))
  })
}

/** One draw of N(0, 1), by Box and Muller. */
function gauss() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
}
