// Two pictures, a line between them: left of it the first, right of it the second. `data` is the message of
// before_after.py: a little-endian length, a JSON header, the two picture files. Nothing is sent while the line moves.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { share, shared } from "../../../ui/head/view.js"
import { contextOf } from "../../../ui/output/picture.js"
import { closeLater, viewAt } from "../../../ui/view.js"

const STEP = 0.02 // of the width: an arrow key moves the line by it, with Shift or Page keys five times as far
const STILL = 4 // px: a press that moves less is a click
const SEND = 260 // ms without a further click or key: then the chosen place is sent
const TILE = 150 // px: a side of the lens
const MAGNIFY = 4
const VIEW = "photos_view" // in a shared link: where the line stands, the zoom, the lens, and what is in the middle

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".before-after")
  if (!root || !(data instanceof Uint8Array)) return
  const stage = viewAt(parentElement, () => new Stage(root))
  stage.send = (place) => setTriggerValue("spot", place)
  stage.update(read(data))
  return closeLater(stage)
}

/** @param {Uint8Array} data  @returns {{header: any, files: Blob[]}} */
function read(data) {
  const length = new DataView(data.buffer, data.byteOffset).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + length)))
  let at = 4 + length
  const files = header.files.map(({ type, bytes }) => {
    const file = new Blob([data.slice(at, at + bytes)], { type })
    at += bytes
    return file
  })
  return { header, files }
}

class Stage {
  share = 0.5 // of what is visible: where the line stands
  zoom = 0 // device pixels a picture's pixel takes; 0: as large as fits
  scale = 1 // CSS pixels that a picture's pixel takes
  header = /** @type {any} */ (null) // the last message's
  place = /** @type {?number[]} */ (null) // whose detail is shown, in the picture's pixels
  middle = /** @type {?number[]} */ (null) // what the scrolled frame shows in its middle
  pointer = /** @type {?number[]} */ (null)
  asked = /** @type {?number[]} */ (null) // what a link wants in the middle
  urls = /** @type {string[]} */ ([])
  send = (/** @type {number[]} */ _place) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.stage = root.querySelector(".stage")
    this.frame = root.querySelector(".frame")
    this.sheet = root.querySelector(".sheet")
    this.line = root.querySelector(".line")
    this.lens = root.querySelector(".lens")
    this.spot = root.querySelector(".spot")
    this.marks = root.querySelector(".marks")
    this.hint = root.querySelector(".hint")
    this.glass = root.querySelector(".glass")
    this.zooms = root.querySelector(".zooms")
    this.views = root.querySelector(".views")
    this.tools = root.querySelector(".tools")
    this.open = root.querySelector(".open")
    this.images = [...root.querySelectorAll("img")].reverse() // the one before lies above the one after
    this.tags = [root.querySelector(".left"), root.querySelector(".right")]
    this.listen()
    this.observer = new ResizeObserver(() => this.fit())
    this.observer.observe(root)
    this.quiet = share(VIEW, () => this.view())
  }

  close() {
    this.quiet()
    this.observer.disconnect()
    clearTimeout(this.timer)
    this.urls.forEach((url) => URL.revokeObjectURL(url))
    this.urls = []
  }

  update({ header, files }) {
    const old = this.header
    this.header = header
    if (old?.version !== header.version) this.load(files, header.version)
    const fresh = old?.picture !== header.picture
    if (fresh) this.zoom = 0
    if (!old) this.look(shared(VIEW))
    if (header.spot && (fresh || JSON.stringify(old?.spot) !== JSON.stringify(header.spot))) this.place = header.spot
    this.spot.hidden = !header.spot
    this.root.classList.toggle("pick", !!header.spot)
    header.sides.forEach(({ name, note, alt }, i) => {
      this.tags[i].textContent = note ? `${name} · ${note}` : name
      this.images[i].alt = alt
      this.lens.querySelectorAll("figcaption")[i].textContent = name
    })
    this.line.setAttribute(
      "aria-label",
      `${header.sides[0].name} left of the line, ${header.sides[1].name} right of it`,
    )
    this.hint.textContent = header.hint
    this.drawMarks()
    this.fit()
  }

  /** What is looked at, as text. */
  view() {
    const lens = Number(this.glass.getAttribute("aria-pressed") === "true")
    const middle = this.zoom && this.middle ? this.middle.map(Math.round) : []
    const now = [Number(this.share.toFixed(3)), this.zoom, lens]
    return String(now) === "0.5,0,0" ? "" : [...now, ...middle].join()
  }

  /** Looks at what a link says. @param {string} text */
  look(text) {
    const [at, zoom, lens, ...middle] = text.split(",").map(Number)
    if (!text || ![at, zoom, lens, ...middle].every(Number.isFinite)) return
    this.share = Math.min(1, Math.max(0, at))
    this.zoom = zoom // `fit` refuses what it does not offer
    this.asked = middle.length === 2 ? middle : null
    this.glass.setAttribute("aria-pressed", String(lens === 1))
    if (zoom || lens) this.showTools(true)
    this.askLens(lens === 1)
  }

  /** @param {boolean} shown */
  showTools(shown) {
    this.tools.hidden = !shown
    this.open.setAttribute("aria-expanded", String(shown))
  }

  /** The old pictures stay until both new ones are decoded: no flash in between. */
  async load(files, version) {
    const urls = files.map((file) => URL.createObjectURL(file))
    const ready = urls.map((url) => Object.assign(new Image(), { src: url }))
    await Promise.allSettled(ready.map((image) => image.decode()))
    if (this.header.version !== version || !this.root.isConnected) {
      urls.forEach((url) => URL.revokeObjectURL(url))
      return
    }
    this.images.forEach((image, i) => (image.src = urls[i]))
    this.urls.forEach((url) => URL.revokeObjectURL(url))
    this.urls = urls
    this.ready = ready
    this.root.dataset.version = version
    this.drawLens()
  }

  // ---- size

  fit() {
    if (!this.header) return
    const { width, height } = this.header
    const ratio = window.devicePixelRatio || 1
    const room = Math.max(120, this.root.clientWidth)
    const most = Math.max(240, Math.min(this.header.most, 0.78 * window.innerHeight))
    const exact = Math.min(room / width, most / height) * ratio
    const whole = exact >= 1 ? Math.min(8, Math.floor(exact)) : exact // pixels of equal size: nothing is smeared
    const levels = [1, 2, 4].filter((level) => level > whole + 0.01)
    if (this.zoom && !levels.includes(this.zoom)) this.zoom = 0
    this.scale = (this.zoom || whole) / ratio
    this.root.classList.toggle("large", !!this.zoom)
    this.sheet.classList.toggle("pixels", this.scale * ratio >= 2)
    const centre = this.asked ?? this.place ?? this.middle ?? [width / 2, height / 2]
    this.sheet.style.width = `${width * this.scale}px`
    this.sheet.style.height = `${height * this.scale}px`
    // Enlarged, it gets the room that there is: at least what it took before, so that nothing below jumps.
    const wide = this.zoom ? Math.min(room, width * this.scale) : width * this.scale
    const high = this.zoom
      ? Math.min(Math.max(height * (whole / ratio), Math.min(most, 360)), height * this.scale)
      : height * this.scale
    this.stage.style.width = `${wide}px`
    this.frame.style.height = `${high}px`
    if (this.zoom !== this.zoomed) {
      this.zoomed = this.zoom
      this.asked = null
      this.frame.scrollLeft = centre[0] * this.scale - wide / 2
      this.frame.scrollTop = centre[1] * this.scale - high / 2
    }
    this.drawZooms(levels)
    this.drawSpot()
    this.moveMarks()
    this.draw()
  }

  drawZooms(levels) {
    const set = (level) => {
      this.zoom = level
      this.fit()
    }
    const button = (level) => {
      const title = `${level} screen pixel${level > 1 ? "s" : ""} for each of the picture`
      return html`<button type="button" data-zoom=${level} title=${level ? title : "The whole picture"}
        aria-pressed=${level === this.zoom} @click=${() => set(level)}>${level ? `${level}:1` : "Fit"}</button>`
    }
    render([0, ...levels].map(button), this.zooms)
    this.zooms.hidden = !levels.length
  }

  // ---- the line

  set(share, glide = false) {
    this.share = Math.min(1, Math.max(0, share))
    this.root.classList.toggle("glide", glide)
    this.draw()
  }

  draw() {
    if (!this.header) return
    const visible = this.frame.clientWidth || 1
    const cut = this.frame.scrollLeft + this.share * visible
    this.images[0].style.setProperty("--cut", `${cut}px`)
    this.line.style.setProperty("--at", `${100 * this.share}%`)
    const percent = Math.round(100 * this.share)
    const [before, after] = this.header.sides
    this.line.setAttribute("aria-valuenow", String(percent))
    this.line.setAttribute(
      "aria-valuetext",
      percent <= 0 ? `only ${after.name}` : percent >= 100 ? `only ${before.name}` : `${percent}% ${before.name}`,
    )
    this.tags[0].classList.toggle("gone", this.share < 0.02)
    this.tags[1].classList.toggle("gone", this.share > 0.98)
    const view = this.share <= 0 ? "after" : this.share >= 1 ? "before" : "split"
    for (const button of this.views.children) button.setAttribute("aria-pressed", String(button.dataset.view === view))
    this.tellMarks(cut)
  }

  toggle() {
    this.set(this.share < 0.5 ? 1 : 0, false) // at once: a blink shows what changed better than a glide
  }

  listen() {
    /** @type {?{x: number, y: number, line: boolean, slides: boolean, moved: boolean, left: number, top: number,
     *   offset: number}} */
    let press = null
    const at = (event) => {
      const box = this.stage.getBoundingClientRect()
      return (event.clientX - box.left) / box.width
    }
    const down = (event, line) => {
      if (event.button) return
      const near = line || event.pointerType === "touch" || !this.zoom
      press = {
        x: event.clientX,
        y: event.clientY,
        line,
        slides: near && (line || !this.zoom),
        moved: false,
        left: this.frame.scrollLeft,
        top: this.frame.scrollTop,
        offset: line ? this.share - at(event) : 0,
      }
      event.currentTarget.setPointerCapture(event.pointerId)
    }
    const move = (event) => {
      this.pointer = [event.clientX, event.clientY]
      this.askLens(event.pointerType !== "touch" || !!press)
      if (!press) return
      const [dx, dy] = [event.clientX - press.x, event.clientY - press.y]
      press.moved ||= Math.hypot(dx, dy) > STILL
      if (!press.moved) return
      if (press.slides) this.set(at(event) + press.offset)
      else if (event.pointerType !== "touch") {
        this.sheet.classList.add("held")
        this.frame.scrollLeft = press.left - dx
        this.frame.scrollTop = press.top - dy
      }
    }
    const up = (event) => {
      const click = press && !press.moved && !press.line && event.type === "pointerup"
      press = null
      this.sheet.classList.remove("held")
      if (event.pointerType === "touch") this.askLens(false)
      if (!click) return
      if (this.header.spot) this.choose(this.pixel(event))
      else if (!this.zoom) this.set(at(event), true)
    }
    for (const node of [this.sheet, this.line]) {
      const line = node === this.line
      node.addEventListener("pointerdown", (event) => down(event, line))
      node.addEventListener("pointermove", move)
      node.addEventListener("pointerup", up)
      node.addEventListener("pointercancel", up)
      node.addEventListener("lostpointercapture", () => (press = null))
      node.addEventListener("dblclick", () => {
        clearTimeout(this.timer)
        this.toggle()
      })
    }
    this.stage.addEventListener("pointerleave", () => this.askLens(false))
    this.frame.addEventListener("scroll", () => {
      this.root.classList.remove("glide")
      const [w, h] = [this.frame.clientWidth / 2, this.frame.clientHeight / 2]
      this.middle = [(this.frame.scrollLeft + w) / this.scale, (this.frame.scrollTop + h) / this.scale]
      this.draw()
    })
    this.line.addEventListener("keydown", (event) => this.key(event))
    this.spot.addEventListener("keydown", (event) => this.spotKey(event))
    for (const button of this.views.children) {
      button.onclick = () => this.set({ before: 1, split: 0.5, after: 0 }[button.dataset.view ?? "split"], true)
    }
    this.open.onclick = () => this.showTools(!!this.tools.hidden)
    this.glass.onclick = () => {
      const on = this.glass.getAttribute("aria-pressed") !== "true"
      this.glass.setAttribute("aria-pressed", String(on))
      this.pointer = null
      this.askLens(on)
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const far = event.shiftKey ? 5 : 1
    const to = {
      ArrowLeft: this.share - STEP * far,
      ArrowDown: this.share - STEP * far,
      ArrowRight: this.share + STEP * far,
      ArrowUp: this.share + STEP * far,
      PageDown: this.share - 5 * STEP,
      PageUp: this.share + 5 * STEP,
      Home: 0,
      End: 1,
      Escape: 0.5,
    }[event.key]
    if (to !== undefined) this.set(to)
    else if (event.key === " " || event.key === "Enter") this.toggle()
    else if (event.key.toLowerCase() === "l") this.glass.click()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  // ---- the place whose detail is shown elsewhere

  pixel(event) {
    const box = this.sheet.getBoundingClientRect()
    return [(event.clientX - box.left) / this.scale, (event.clientY - box.top) / this.scale]
  }

  /** @param {number[]} place */
  choose([x, y]) {
    const { width, height, side } = this.header
    const inside = (at, size) =>
      Math.round(Math.min(Math.max(at, Math.min(side, size) / 2), size - Math.min(side, size) / 2))
    const place = [inside(x, width), inside(y, height)]
    this.place = place
    this.drawSpot()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.root.isConnected && this.send(place), SEND)
  }

  drawSpot() {
    if (!this.header.spot || !this.place) return
    const size = this.header.side * this.scale
    const { style } = this.spot
    style.left = `${this.place[0] * this.scale - size / 2}px`
    style.top = `${this.place[1] * this.scale - size / 2}px`
    style.width = style.height = `${size}px`
    this.spot.setAttribute(
      "aria-label",
      `Detail window around column ${Math.round(this.place[0])}, row ${Math.round(this.place[1])}; arrow keys move it`,
    )
  }

  spotKey(event) {
    const step = this.header.side / 4
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key]
    if (by && this.place) this.choose([this.place[0] + by[0], this.place[1] + by[1]])
    else if (event.key === " " || event.key === "Enter") this.toggle()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  // ---- boxes

  drawMarks() {
    const mark = ({ title }) => html`<div class="mark" title=${title}><b></b></div>`
    render(this.header.marks.map(mark), this.marks)
  }

  moveMarks() {
    this.header.marks.forEach(({ box: [left, top, right, bottom] }, i) => {
      const { style } = this.marks.children[i]
      style.left = `${left * this.scale}px`
      style.top = `${top * this.scale}px`
      style.width = `${(right - left) * this.scale}px`
      style.height = `${(bottom - top) * this.scale}px`
    })
  }

  /** A box says what is read on the side of the line where its middle lies. */
  tellMarks(cut) {
    this.header.marks.forEach(({ box, reads, wrong }, i) => {
      const side = ((box[0] + box[2]) / 2) * this.scale < cut ? 0 : 1
      const mark = this.marks.children[i]
      const words = mark.querySelector("b")
      if (words.textContent !== reads[side]) words.textContent = reads[side]
      mark.classList.toggle("wrong", wrong[side])
    })
  }

  // ---- the lens: the same place before and after, side by side

  askLens(wanted) {
    const on = wanted && this.glass.getAttribute("aria-pressed") === "true"
    if (this.lens.hidden === on) this.lens.hidden = !on
    if (on && !this.frameAsked) {
      this.frameAsked = requestAnimationFrame(() => {
        this.frameAsked = 0
        this.drawLens()
      })
    }
  }

  drawLens() {
    if (this.lens.hidden || !this.ready) return
    const box = this.stage.getBoundingClientRect()
    const sheet = this.sheet.getBoundingClientRect()
    const [clientX, clientY] = this.pointer ?? [box.left + box.width / 2, box.top + box.height / 2]
    const [x, y] = [(clientX - sheet.left) / this.scale, (clientY - sheet.top) / this.scale]
    const ratio = window.devicePixelRatio || 1
    const tile = Math.min(TILE, (box.width - 12) / 2)
    const seen = tile / Math.max(MAGNIFY, 2 * this.scale) // of the picture's pixels
    this.lens.querySelectorAll("figure").forEach((figure, i) => {
      const canvas = this.lens.querySelectorAll("canvas")[i]
      canvas.width = canvas.height = Math.round(tile * ratio)
      canvas.style.width = canvas.style.height = `${tile}px`
      figure.style.width = `${tile}px`
      const ctx = contextOf(canvas)
      ctx.imageSmoothingEnabled = false
      ctx.drawImage(this.ready[i], x - seen / 2, y - seen / 2, seen, seen, 0, 0, canvas.width, canvas.height)
      ctx.strokeStyle = "rgb(255 255 255 / 70%)"
      ctx.strokeRect(canvas.width / 2 - 5 * ratio, canvas.height / 2 - 5 * ratio, 10 * ratio, 10 * ratio)
    })
    const [w, h] = [2 * tile + 6, tile + 26]
    const left = Math.min(Math.max(clientX - box.left - w / 2, 3), box.width - w - 3)
    const above = clientY - box.top - h - 24
    this.lens.style.left = `${left}px`
    this.lens.style.top = `${above > 3 ? above : Math.min(clientY - box.top + 24, box.height - h - 3)}px`
  }
}
