// One panel of the latent map: points painted once on a canvas, below it one for the grid of decoded digits, and above
// it one for all that follows the pointer. Three coordinates: of the map (what networks encode to), flat (what is drawn: the same, or the prior's
// quantiles where a grid of decoded digits lies behind), and CSS pixels of the panel.

import { SIDE } from "./digit.js"
import { digitTile } from "./map_tiles.js"
import { inverseNormal, normalShare } from "./normal.js"
import { pointsOf } from "./points.js"
import { network } from "./store.js"

const GRID = 20 // decoded digits a side
const SLICE = 6 // ms of decoding a frame
const RAIL = 112 // px that the visitor's digit takes on the right of a wide panel
const THUMBS = 300 // when no more points than these are in sight, they become pictures

export class MapPanel {
  points = null
  network = null
  own = null // the visitor's digit: { at: [x, y] of the map, mu, sigma, sample, recon }
  tiles = null // the grid of decoded digits: { canvas, box: [left, bottom, side] flat, done }; kept while it is off
  view = null // { x, y: flat, in the middle; scale: CSS pixels a flat unit }

  constructor(spec, board) {
    this.spec = spec
    this.board = board
    this.section = document.createElement("section")
    this.section.className = "panel"
    this.section.dataset.map = spec.name
    this.section.innerHTML = `
      <header><i></i><h3></h3><small></small>
        <button type="button" data-do="in" title="Zoom in (+)" aria-label="Zoom in">+</button>
        <button type="button" data-do="out" title="Zoom out (-)" aria-label="Zoom out">&minus;</button>
        <button type="button" data-do="fit" title="Show all (0)" aria-label="Show all">
          <svg viewBox="0 0 16 16"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/></svg></button>
      </header>
      <div class="plot" tabindex="0" role="application"><canvas class="back"></canvas><canvas class="base"></canvas><canvas class="over"></canvas>
        <div class="own" hidden></div><p class="note"></p></div>
      <dl></dl>`
    const find = (selector) => this.section.querySelector(selector)
    ;[this.plot, this.note, this.corner] = [".plot", ".note", ".own"].map(find)
    this.back = find(".back").getContext("2d") // the grid of decoded digits
    this.base = find(".base").getContext("2d")
    this.over = find(".over").getContext("2d")
    this.describe(spec)
    this.plot.setAttribute("aria-label", `${spec.title}: a map of test digits. ${spec.summary} ` +
      "Arrow keys move a point, Enter marks the nearest digit, plus and minus zoom, Escape lets go.")
    const zooms = { in: () => this.zoom(1.6), out: () => this.zoom(1 / 1.6), fit: () => this.fit() }
    for (const button of this.section.querySelectorAll("header button")) button.onclick = zooms[button.dataset.do]
    this.observer = new ResizeObserver(() => this.resize())
    this.observer.observe(this.plot)
    this.say("The map is on its way")
    pointsOf(spec.id).then((points) => this.take(points))
    this.listen = ({ detail }) => detail.id === spec.id && this.take(detail)
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
  take(points) {
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
    const find = (selector) => this.section.querySelector(selector)
    find("header i").style.background = spec.color
    find("h3").textContent = spec.title
    find("h3").title = spec.summary
    find("dl").replaceChildren(...spec.numbers.map(number))
    this.subtitle()
  }

  subtitle() {
    const waits = this.spec.place === "server" && this.board.drawn && !this.own
    this.section.querySelector("small").textContent = waits ? `placing ${this.board.drawn.name.toLowerCase()} …` : this.spec.subtitle
  }

  close() {
    this.closed = true
    document.removeEventListener("map:points", this.listen)
    this.observer.disconnect()
    this.section.remove()
  }

  /** It decodes any of its points. */
  get alive() {
    return this.spec.decodes && this.network !== null
  }

  say(text) {
    this.note.textContent = text
  }

  // ---- coordinates

  flatten(x, y) {
    return this.spec.prior && this.board.grid ? [normalShare(x), normalShare(y)] : [x, y]
  }

  unflatten(x, y) {
    return this.spec.prior && this.board.grid ? [inverseNormal(x), inverseNormal(y)] : [x, y]
  }

  toPixels(x, y) {
    const { x: cx, y: cy, scale } = this.view
    return [this.width / 2 + (x - cx) * scale, this.height / 2 - (y - cy) * scale]
  }

  toFlat(px, py) {
    const { x, y, scale } = this.view
    return [x + (px - this.width / 2) / scale, y - (py - this.height / 2) / scale]
  }

  /** The map's code at a place given in pixels: what its network decodes. */
  codeAt(px, py) {
    return Float32Array.from(this.unflatten(...this.toFlat(px, py)))
  }

  /** Call it when points, grid or the digits shown have changed: flat coordinates, class names' places, the view. */
  reshape() {
    if (!this.points) return
    const { xy } = this.points
    this.flat = new Float32Array(xy.length)
    for (let i = 0; i < xy.length; i += 2) this.flat.set(this.flatten(xy[i], xy[i + 1]), i)
    this.names = this.middles()
    const quantiles = this.spec.prior && this.board.grid
    if (!this.view || quantiles !== this.quantiles) this.fit()
    this.quantiles = quantiles
    this.stale = true
  }

  /** Where each class's name stands: the median of its points; null for a class without points. */
  middles() {
    const median = (values) => values.sort()[values.length >> 1]
    return Array.from({ length: 10 }, (_, label) => {
      const rows = []
      for (let i = 0; i < this.points.label.length; i++) if (this.points.label[i] === label && this.shows(i)) rows.push(i)
      if (!rows.length) return null
      return [0, 1].map((axis) => median(Float32Array.from(rows, (i) => this.flat[2 * i + axis])))
    })
  }

  /** Whether the i-th point is among those that the visitor wants to see. */
  shows(i) {
    return this.points.digit[i] < this.board.count && !this.board.hidden.has(this.points.label[i])
  }

  // ---- view

  resize() {
    const { width, height } = this.plot.getBoundingClientRect()
    if (!width || !height) return
    const kept = this.view && this.width ? Math.min(width / this.width, height / this.height) : 1
    ;[this.width, this.height] = [width, height]
    for (const { canvas } of [this.back, this.base, this.over]) {
      canvas.width = Math.round(width * devicePixelRatio)
      canvas.height = Math.round(height * devicePixelRatio)
    }
    if (this.view) {
      this.view.scale *= kept
      this.fitted *= kept
    } else this.reshape()
    this.stale = this.moved = true
    this.paint()
  }

  /** Show nearly all points, not the last outliers. */
  fit() {
    if (!this.flat || !this.width) return
    const [left, right, bottom, top] = this.quantileBox()
    const rail = this.spec.decodes && this.width > this.height * 1.2 ? RAIL : 0
    const scale = Math.min((this.width - rail - 24) / (right - left), (this.height - 24) / (top - bottom))
    this.view = { x: (left + right) / 2 + rail / 2 / scale, y: (bottom + top) / 2, scale }
    this.fitted = scale
    this.stale = this.moved = true
    this.board.ask()
  }

  quantileBox() {
    if (this.spec.prior && this.board.grid) return [0, 1, 0, 1]
    const ends = (axis) => {
      const sorted = Float32Array.from({ length: this.flat.length / 2 }, (_, i) => this.flat[2 * i + axis]).sort()
      const at = (share) => sorted[Math.round(share * (sorted.length - 1))]
      return [at(0.002), at(0.998)]
    }
    return [...ends(0), ...ends(1)]
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    if (!this.view) return
    const [x, y] = this.toFlat(px, py)
    const scale = Math.min(Math.max(this.view.scale * factor, this.fitted * 0.4), this.fitted * 200)
    this.view = { x: x - (px - this.width / 2) / scale, y: y + (py - this.height / 2) / scale, scale }
    this.stale = this.moved = true
    this.board.ask()
  }

  pan(dx, dy) {
    if (!this.view) return
    this.view.x -= dx / this.view.scale
    this.view.y += dy / this.view.scale
    this.stale = this.moved = true
    this.board.ask()
  }

  /** Places in this map, nearest first, of at most k points that are shown, with their distance in pixels. */
  nearest(px, py, k) {
    if (!this.view) return []
    const [x, y] = this.toFlat(px, py)
    const { flat } = this
    const best = [] // few: kept sorted by insertion
    for (let i = 0, n = flat.length / 2; i < n; i++) {
      const distance = (flat[2 * i] - x) ** 2 + (flat[2 * i + 1] - y) ** 2
      if (best.length === k && distance >= best[k - 1].distance) continue
      if (!this.shows(i)) continue
      let at = best.length
      while (at > 0 && best[at - 1].distance > distance) at--
      best.splice(at, 0, { i, distance })
      if (best.length > k) best.pop()
    }
    return best.map(({ i, distance }) => ({ digit: this.points.digit[i], pixels: Math.sqrt(distance) * this.view.scale }))
  }

  /** Test digits that lie inside a polygon of pixels. */
  inside(path) {
    const found = []
    for (let i = 0; i < this.points.label.length; i++) {
      if (this.shows(i) && encloses(path, this.toPixels(this.flat[2 * i], this.flat[2 * i + 1]))) {
        found.push(this.points.digit[i])
      }
    }
    return found
  }

  // ---- the visitor's own digit

  /** Put the visitor's digit on this map, by the network or the projection that made it; see board.drawn. */
  placeOwn() {
    const { drawn } = this.board
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

  showOwn() {
    const { own, corner } = this
    this.subtitle()
    corner.hidden = !own?.recon
    if (corner.hidden) return
    if (!corner.firstChild) {
      corner.innerHTML = `<div><canvas role="img"></canvas><b aria-hidden="true">&rarr;</b>
        <canvas role="img"></canvas></div><p></p>`
      if (own.sigma) {
        const button = (text, title, act) => {
          const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, title })
          made.onclick = act
          corner.append(made)
        }
        button("Resample ε", "Draw another code from the posterior of this digit: z = μ + σ ⊙ ε", () => {
          this.sample([gauss(), gauss()])
          this.showOwn()
          this.board.ask()
        })
        button("Zoom", "Zoom in until the posterior's ellipse is in sight", () => this.approach())
      }
    }
    const [input, output] = corner.querySelectorAll("canvas")
    const { drawn } = this.board
    digitTile(input, drawn.x)
    digitTile(output, own.recon)
    input.setAttribute("aria-label", drawn.name)
    output.setAttribute("aria-label", `${drawn.name}, rebuilt from its place on this map`)
    corner.querySelector("p").innerHTML = own.sigma
      ? `μ ${pair(own.mu)}<br>σ ${pair(own.sigma)}<br>${own.sample ? `ε ${pair(this.epsilon)}` : "z = μ + σ ⊙ ε"}`
      : `${drawn.name}<br>z ${pair(own.at)}`
    this.moved = true
  }

  // ---- the grid of decoded digits

  /** Decode GRID x GRID codes in slices that nobody notices; behind the VAE's points they follow the prior's quantiles. */
  async regrid() {
    const wanted = this.board.grid && this.alive && this.points
    this.stale = true
    if (!wanted) {
      if (this.tiles?.done) this.kept = this.tiles
      this.tiles = null
      return
    }
    this.tiles ??= this.kept
    if (this.tiles) return
    const canvas = document.createElement("canvas")
    canvas.width = canvas.height = GRID * SIDE
    const ctx = canvas.getContext("2d")
    ctx.fillStyle = "#0b0e10"
    ctx.fillRect(0, 0, canvas.width, canvas.height)
    const [left, right, bottom, top] = this.quantileBox()
    const side = Math.max(right - left, top - bottom)
    const box = [(left + right - side) / 2, (bottom + top - side) / 2, side]
    const tiles = (this.tiles = { canvas, box, done: false })
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

  // ---- painting

  paint() {
    if (!this.view || !this.width) return
    if (this.stale || this.decoded) this.paintBack()
    if (this.stale) this.paintBase()
    if (this.stale || this.moved) this.paintOver()
    this.stale = this.moved = this.decoded = false
  }

  paintBase() {
    const { base: ctx, board } = this
    board.root.dataset.painted ??= performance.now() // ms since navigation, for the benchmark
    const ratio = devicePixelRatio
    const { width, height } = ctx.canvas
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, width, height)
    const inSight = this.inSight()
    const pictures = board.pixels && inSight.length <= THUMBS && this.view.scale > 1.5 * this.fitted
    if (pictures) this.paintThumbnails(ctx, inSight, ratio)
    else this.paintDots(ctx, inSight, ratio)
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    if (this.spec.decodes) this.paintPrior(ctx)
    if (!pictures && this.view.scale < 8 * this.fitted) this.paintNames(ctx)
  }

  /** Places in this map of the points that lie in the panel. */
  inSight() {
    const { x, y, scale } = this.view
    const [w, h] = [this.width / 2 / scale, this.height / 2 / scale]
    const { flat } = this
    const found = []
    for (let i = 0, n = flat.length / 2; i < n; i++) {
      if (Math.abs(flat[2 * i] - x) < w && Math.abs(flat[2 * i + 1] - y) < h && this.shows(i)) found.push(i)
    }
    return found
  }

  paintDots(ctx, inSight, ratio) {
    const { board, flat, points } = this
    const crowd = Math.min(board.count, points.label.length)
    const grow = Math.min(Math.max((this.view.scale / this.fitted) ** 0.4, 1), 2.4)
    const radius = (crowd > 5000 ? 1.5 : crowd > 1000 ? 2.2 : 3.2) * (this.tiles ? 0.8 : 1) * grow
    const { x, y, scale } = this.view
    const [middleX, middleY, step] = [ctx.canvas.width / 2, ctx.canvas.height / 2, scale * ratio]
    for (const turn of board.marks.size > 1 ? ["others", "marked"] : ["all"]) {
      const dots = board.dots((turn === "marked" ? Math.max(radius, 2.6) : radius) * ratio)
      const shift = dots[0].width / 2
      ctx.globalAlpha = turn === "others" ? 0.14 : 0.8
      for (const i of inSight) {
        if (turn !== "all" && board.marks.has(points.digit[i]) !== (turn === "marked")) continue
        const px = (middleX + (flat[2 * i] - x) * step - shift) | 0 // whole pixels: copied, not interpolated
        const py = (middleY - (flat[2 * i + 1] - y) * step - shift) | 0
        ctx.drawImage(dots[points.label[i]], px, py)
      }
    }
    ctx.globalAlpha = 1
  }

  paintThumbnails(ctx, inSight, ratio) {
    const side = Math.min(Math.max(Math.sqrt((this.width * this.height) / (inSight.length + 1)) * 0.75, 18), 56) * ratio
    ctx.imageSmoothingEnabled = side < SIDE
    for (const i of inSight) {
      const digit = this.points.digit[i]
      const [px, py] = this.toPixels(this.flat[2 * i], this.flat[2 * i + 1])
      ctx.globalAlpha = this.board.marks.size > 1 && !this.board.marks.has(digit) ? 0.25 : 1
      ctx.drawImage(this.board.thumbnail(digit, this.points.label[i]), px * ratio - side / 2, py * ratio - side / 2, side, side)
    }
    ctx.globalAlpha = 1
  }

  paintBack() {
    const { back: ctx } = this
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height)
    if (!this.tiles) return
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    const { canvas, box: [left, bottom, side] } = this.tiles
    const [px, py] = this.toPixels(left, bottom + side)
    const length = side * this.view.scale
    ctx.imageSmoothingEnabled = length < GRID * SIDE
    ctx.drawImage(canvas, px, py, length, length)
  }

  /** The prior N(0, I) as circles at one and two standard deviations. */
  paintPrior(ctx) {
    const { text, ground, font } = this.board.theme
    ctx.strokeStyle = this.tiles ? "#ffffff" : text
    ctx.lineWidth = 1.2
    ctx.setLineDash([4, 4])
    ctx.globalAlpha = 0.7
    for (const sd of [1, 2]) {
      this.trace(ctx, 0, 0, sd, sd)
      ctx.stroke()
    }
    ctx.setLineDash([])
    ctx.globalAlpha = 1
    if (this.quantiles || this.view.scale < 12) return
    const [px, py] = this.toPixels(1.45, 1.45)
    ctx.font = `12px ${font}`
    ctx.textAlign = "left"
    ctx.lineWidth = 4
    ctx.strokeStyle = ground
    ctx.lineJoin = "round"
    ctx.strokeText("prior, 2 sd", px + 4, py - 4)
    ctx.fillStyle = text
    ctx.fillText("prior, 2 sd", px + 4, py - 4)
  }

  /** The path of an ellipse around a place of the map. */
  trace(ctx, x, y, width, height) {
    ctx.beginPath()
    for (let i = 0; i <= 72; i++) {
      const angle = (i / 36) * Math.PI
      ctx.lineTo(...this.toPixels(...this.flatten(x + width * Math.cos(angle), y + height * Math.sin(angle))))
    }
  }

  paintNames(ctx) {
    const { colors } = this.board
    ctx.font = `700 13px ${this.board.theme.font}`
    ctx.textAlign = "center"
    ctx.textBaseline = "middle"
    const places = apart(this.names.map((middle) => middle && this.toPixels(...middle)), 23)
    places.forEach((place, label) => {
      if (!place) return
      const [px, py] = place
      ctx.beginPath()
      ctx.arc(px, py, 10, 0, 2 * Math.PI)
      ctx.fillStyle = this.board.theme.ground
      ctx.fill()
      ctx.lineWidth = 3
      ctx.strokeStyle = colors[label]
      ctx.stroke()
      ctx.fillStyle = this.board.theme.text
      ctx.fillText(label, px, py + 0.5)
    })
    ctx.textBaseline = "alphabetic"
  }

  paintOver() {
    const { over: ctx, board } = this
    const { width, height } = ctx.canvas
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, width, height)
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    this.paintOwn(ctx)
    if (board.marks.size === 1) this.ring(ctx, [...board.marks][0], 8, 3)
    board.near.forEach((digit, rank) => this.ring(ctx, digit, rank ? 4 : 7, rank ? 1 : 2.5))
    const point = board.point
    if (point?.panel === this && this.alive) {
      ctx.strokeStyle = board.theme.text
      ctx.lineWidth = 1.5
      ctx.beginPath()
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        ctx.moveTo(point.px + 4 * dx, point.py + 4 * dy)
        ctx.lineTo(point.px + 12 * dx, point.py + 12 * dy)
      }
      ctx.stroke()
    }
    if (board.lasso?.panel === this) {
      ctx.beginPath()
      for (const [px, py] of board.lasso.path) ctx.lineTo(px, py)
      ctx.closePath()
      ctx.globalAlpha = 0.15
      ctx.fillStyle = board.theme.primary
      ctx.fill()
      ctx.globalAlpha = 1
      ctx.lineWidth = 1.5
      ctx.strokeStyle = board.theme.primary
      ctx.stroke()
    }
  }

  ring(ctx, digit, radius, line) {
    const i = this.points?.row[digit] ?? -1
    if (i < 0) return
    const [px, py] = this.toPixels(this.flat[2 * i], this.flat[2 * i + 1])
    for (const [color, extra] of [[this.board.theme.ground, 2], [this.board.theme.text, 0]]) {
      ctx.beginPath()
      ctx.arc(px, py, radius, 0, 2 * Math.PI)
      ctx.lineWidth = line + extra
      ctx.strokeStyle = color
      ctx.stroke()
    }
    ctx.beginPath()
    ctx.arc(px, py, radius - 2, 0, 2 * Math.PI)
    ctx.fillStyle = this.board.colors[this.points.label[i]]
    ctx.fill()
  }

  /** The visitor's digit: a star; the posterior's ellipses at one and two standard deviations; a sample as a dot. */
  paintOwn(ctx) {
    const { own, board: { theme } } = this
    if (!own) return
    if (own.sigma) {
      for (const sd of [2, 1]) {
        this.trace(ctx, ...own.mu, sd * own.sigma[0], sd * own.sigma[1])
        ctx.globalAlpha = 0.25
        ctx.fillStyle = theme.primary
        ctx.fill()
        ctx.globalAlpha = 1
        ctx.lineWidth = 1.5
        ctx.strokeStyle = theme.primary
        ctx.stroke()
      }
    }
    const [px, py] = this.toPixels(...this.flatten(...own.at))
    star(ctx, px, py, 11)
    ctx.lineJoin = "round"
    ctx.lineWidth = 5
    ctx.strokeStyle = theme.ground
    ctx.stroke()
    ctx.lineWidth = 2
    ctx.strokeStyle = theme.text
    ctx.stroke()
    ctx.fillStyle = theme.primary
    ctx.fill()
    if (own.sample) {
      const [sx, sy] = this.toPixels(...this.flatten(...own.sample))
      ctx.beginPath()
      ctx.arc(sx, sy, 4.5, 0, 2 * Math.PI)
      ctx.fillStyle = theme.text
      ctx.fill()
      ctx.lineWidth = 2
      ctx.strokeStyle = theme.ground
      ctx.stroke()
    }
  }
}

function number({ label, value, arrow, help }) {
  const item = document.createElement("div")
  item.title = help
  item.innerHTML = "<dt></dt><dd></dd>"
  item.querySelector("dt").textContent = `${label} ${arrow}`
  item.querySelector("dd").textContent = value
  return item
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

function star(ctx, px, py, radius) {
  ctx.beginPath()
  for (let i = 0; i < 10; i++) {
    const [angle, length] = [(i / 5) * Math.PI - Math.PI / 2, i % 2 ? radius * 0.45 : radius]
    ctx.lineTo(px + length * Math.cos(angle), py + length * Math.sin(angle))
  }
  ctx.closePath()
}

/** Even-odd rule. */
function encloses(path, [x, y]) {
  let within = false
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [[ax, ay], [bx, by]] = [path[i], path[j]]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within
  }
  return within
}

/** Places moved until each is `gap` pixels from every other, as little as that takes. */
function apart(places, gap) {
  const moved = places.map((place) => place && [...place])
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < moved.length; i++) {
      for (let j = 0; j < i; j++) {
        if (!moved[i] || !moved[j]) continue
        const [dx, dy] = [moved[i][0] - moved[j][0] || 0.1, moved[i][1] - moved[j][1]]
        const distance = Math.hypot(dx, dy)
        if (distance >= gap) continue
        const push = (gap - distance) / 2 / distance
        moved[i] = [moved[i][0] + push * dx, moved[i][1] + push * dy]
        moved[j] = [moved[j][0] - push * dx, moved[j][1] - push * dy]
      }
    }
  }
  return moved
}

/** Cells [column, row, size] of a square grid: a few large ones first, then each four times finer, the middle first. */
function coarseToFine(side) {
  return [4, 2, 1].flatMap((size) => {
    const far = ([x, y]) => Math.hypot(x + size / 2 - side / 2, y + size / 2 - side / 2)
    const across = side / size
    const cells = Array.from({ length: across ** 2 }, (_, i) => [(i % across) * size, Math.floor(i / across) * size, size])
    return cells.sort((a, b) => far(a) - far(b))
  })
}

const pair = (values) => `(${[...values].map((value) => value.toFixed(2).replace("-", "−")).join(", ")})`

/** One draw of N(0, 1), by Box and Muller. */
function gauss() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
}
