// Networks as pictures, a row each (row.js). Either the rows follow a drawing pad by themselves, or there is one row of
// what another part of the page ran last (ui/live/ran.js): then nothing is computed twice.

import { html, nothing, render } from "../../vendor/lit-html.js"
import { share, shared } from "../../head/view.js"
import { normalizeDrawing } from "../../input/digit.js"
import { RAN } from "../../live/ran.js"
import { withNetwork } from "../../live/store.js"
import { pictureFrom } from "../picture.js"
import { Row } from "./row.js"
import { mount } from "../../view.js"

const STAYS = 250 // ms in which a network that goes on running keeps its place from others
const PEN = 112 // pixels a side in which a drawing is read

const VIEW = "inside" // in a shared link: the number that is opened, as network.box.index

/** @param {Component} component */
export default function (component) {
  return mount(component, ".network", View)
}

class View {
  data = /** @type {any} */ (null) // as `message` of ui/output/network/__init__.py
  rows = /** @type {Map<string, Row>} */ (new Map()) // sha256 -> its row, once the network is here
  asked = new Set() // their sha256
  current = "" // sha256 of the one that is shown, where there is one row
  ranAt = 0 // ms, when that last ran
  x = /** @type {?Float32Array} */ (null)
  y = /** @type {number|undefined} */ (undefined)
  mask = /** @type {Float32Array|undefined} */ (undefined)
  given = "" // what Python gave last, to tell whether it is new
  drawing = false
  seq = -1 // of the last drawing seen here
  answered = -1 // seq of the last drawing that was answered without a run
  waiting = /** @type {any} */ (null)
  busy = false
  seen = true // on the screen
  wish = /** @type {string[]} */ ([]) // what a link wants opened
  missed = /** @type {?{network: any, method: string, given: any[]}} */ (null) // the last run while it was not

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.inked = (event) => event.detail.key === this.data?.pad && this.ink(event.detail)
    this.heard = (event) => this.hear(event.detail)
    document.addEventListener("pad:ink", this.inked)
    document.addEventListener(RAN, this.heard)
    this.watch = new IntersectionObserver(([entry]) => this.look(entry.isIntersecting))
    this.watch.observe(root)
    this.quiet = share(VIEW, () => this.opened())
    this.wish = shared(VIEW).split(".")
  }

  /** The number that is opened, as text. */
  opened() {
    for (const { message, plan, panel } of this.rows.values()) {
      if (panel.opened) return [message.name, plan.boxes.indexOf(panel.opened.box), panel.opened.index].join(".")
    }
    return ""
  }

  close() {
    document.removeEventListener("pad:ink", this.inked)
    document.removeEventListener(RAN, this.heard)
    this.watch.disconnect()
    this.quiet()
    for (const row of this.rows.values()) row.close()
  }

  update(data) {
    const before = this.data
    this.data = data
    const early = this.answered > data.seq
    const [first] = data.rows
    if (first && first.sha256 !== before?.rows[0]?.sha256) this.current = first.sha256
    const old = data.pad && (this.drawing || early || data.seq < this.seq)
    this.layout(early && before ? before.rows : data.rows)
    const given = JSON.stringify([data.x, data.y, data.mask])
    if (!old && given !== this.given) {
      this.given = given
      this.receive(data)
    }
    this.root.classList.toggle("drawing", !!data.pad && this.drawing)
  }

  /** What goes in. */
  receive({ x, y, mask }) {
    this.x = x ? pictureFrom(x).values : null
    this.y = y ?? undefined
    this.mask = mask ? pictureFrom(mask).values : undefined
    for (const row of this.rows.values()) this.run(row)
  }

  run(row) {
    if (this.x) row.run(this.x, this.y, this.mask)
  }

  /** Those of the message's rows that are shown. */
  visible(rows) {
    return this.data.follows ? rows : rows.filter(({ sha256 }) => sha256 === this.current)
  }

  layout(rows) {
    const shown = this.visible(rows)
    this.root.classList.toggle("compact", this.data.compact)
    const now = new Set(shown.map(({ sha256 }) => sha256))
    const gone = [...this.asked].filter((sha256) => !now.has(sha256)) // also those that are still on their way
    for (const sha256 of gone) {
      this.rows.get(sha256)?.close()
      this.rows.delete(sha256)
      this.asked.delete(sha256)
    }
    if (gone.length) render(nothing, this.root) // each row has elements of its own
    const line = ({ sha256, label, title, wrong, words }) =>
      html`${this.data.compact ? nothing : html`<h2><b>Inside: ${title}</b> <span data-note=${sha256}></span></h2>`}
        <div class=${wrong ? "line wrong" : "line"}>
          <div class="row" role="group" data-network=${sha256} aria-label=${label}></div>
          ${this.data.compact ? html`<p aria-live="polite">${words}</p>` : nothing}
        </div>`
    render(shown.map(line), this.root)
    for (const message of shown) this.fetch(message)
  }

  fetch(message) {
    const { sha256 } = message
    if (this.asked.has(sha256)) return
    this.asked.add(sha256)
    withNetwork(
      sha256,
      (model) => {
        if (!this.asked.has(sha256)) return
        const row = this.place(message, model)
        if (this.x) this.run(row)
        else if (model.latest) this.again(row, model.latest)
      },
      () => this.asked.delete(sha256),
    )
  }

  /** The row of a network that is here. */
  place(message, model) {
    const { sha256 } = message
    this.asked.add(sha256)
    let row = this.rows.get(sha256)
    if (row) return row
    const root = this.root.querySelector(`[data-network="${sha256}"]`)
    row = new Row(root, message, model, this.data.compact, () => this.lines(message.name))
    this.rows.set(sha256, row)
    const [name, box, index] = this.wish
    if (name === message.name) {
      this.wish = []
      row.opensAt(Number(box), Number(index))
    }
    const note = this.root.querySelector(`[data-note="${sha256}"]`)
    if (note) note.textContent = row.note
    return row
  }

  /** The source of a network's layers, once asked for; nothing where the server has no answer. */
  async lines(name) {
    try {
      const answer = await fetch(new URL(this.data.source, location.href), {
        method: "POST",
        body: JSON.stringify(name),
      })
      return answer.ok ? await answer.json() : []
    } catch {
      return []
    }
  }

  // ---- what others ran

  hear({ network, method, given }) {
    const { sha256 } = network.card
    const message = this.data && !this.data.follows && this.data.rows.find((row) => row.sha256 === sha256)
    if (!message) return
    const now = performance.now()
    if (sha256 !== this.current && now - this.ranAt < STAYS) return
    this.ranAt = now
    if (!this.seen) {
      this.missed = { network, method, given: given.map((value) => value?.slice?.() ?? value) }
      return
    }
    this.show(message, network).read(method, given)
  }

  /** Makes a network the one that is shown. */
  show(message, model) {
    if (message.sha256 !== this.current) {
      this.current = message.sha256
      this.layout(this.data.rows)
    }
    return this.place(message, model)
  }

  /** What had run before there was a row. */
  again(row, { method, given }) {
    row.model[method](...given)
    row.read(method, given)
  }

  look(seen) {
    this.seen = seen
    if (!seen || !this.missed) return
    const { network, method, given } = this.missed
    this.missed = null
    const message = this.data.rows.find((row) => row.sha256 === network.card.sha256)
    if (!message) return
    this.again(this.show(message, network), { method, given })
  }

  // ---- the pad

  ink(detail) {
    this.drawing = !detail.final
    this.seq = Math.max(detail.seq, this.seq)
    if (!this.data.follows) return
    detail.followed = true
    this.root.classList.toggle("drawing", this.drawing)
    if (detail.final) detail.until = Promise.all([detail.until, this.ask(detail)])
    this.waiting = detail
    this.work()
  }

  /** The last drawing first; the pen goes first between two networks. */
  async work() {
    if (this.busy) return
    this.busy = true
    while (this.waiting) {
      const { raster } = this.waiting
      this.waiting = null
      const x = normalizeDrawing(raster(PEN), PEN)
      if (!x) break
      this.x = x
      for (const row of this.rows.values()) {
        await new Promise((next) => setTimeout(next))
        if (this.waiting) break
        this.run(row)
      }
    }
    this.busy = false
  }

  /** Asks for the words on a whole drawing; where no answer comes, the page's next run has them. */
  async ask({ seq, strokes }) {
    const { answers } = this.data
    if (!answers || this.data.seq >= seq) return
    try {
      const answer = await fetch(new URL(answers, location.href), { method: "POST", body: JSON.stringify(strokes) })
      if (!answer.ok) return
      const message = await answer.json()
      if (this.drawing || this.seq !== seq || this.data.seq >= seq) return
      this.answered = seq
      this.data = { ...this.data, ...message }
      this.layout(message.rows)
      this.receive(message)
    } catch {
      // the run has it
    }
  }
}
