// Networks as pictures, a row each (row.js). Either the rows follow a drawing pad by themselves, or they show what other
// parts of the page ran (ui/live/ran.js): then nothing is computed twice.

import { html, nothing, render } from "../../vendor/lit-html.js"
import { normalizeDrawing } from "../../input/digit.js"
import { RAN } from "../../live/ran.js"
import { network } from "../../live/store.js"
import { pictureFrom } from "../picture.js"
import { Row } from "./row.js"

const PEN = 112 // pixels a side in which a drawing is read

const views = new WeakMap() // parentElement -> View

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".network")
  if (!root || !data) return
  let view = views.get(parentElement)
  if (view?.root !== root) {
    view?.close()
    view = new View(root)
    views.set(parentElement, view)
  }
  view.update(data)
  return () => setTimeout(() => root.isConnected || view.close()) // it may also be called while we are on screen
}

class View {
  data = /** @type {any} */ (null) // as `message` of ui/output/network/__init__.py
  rows = /** @type {Map<string, Row>} */ (new Map()) // sha256 -> its row, once the network is here
  asked = new Set() // their sha256
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
  missed = /** @type {?{sha256: string, method: string, given: any[]}} */ (null) // the last run while it was not

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.inked = (event) => event.detail.key === this.data?.pad && this.ink(event.detail)
    this.heard = (event) => this.hear(event.detail)
    document.addEventListener("pad:ink", this.inked)
    document.addEventListener(RAN, this.heard)
    this.watch = new IntersectionObserver(([entry]) => this.look(entry.isIntersecting))
    this.watch.observe(root)
  }

  close() {
    document.removeEventListener("pad:ink", this.inked)
    document.removeEventListener(RAN, this.heard)
    this.watch.disconnect()
    for (const row of this.rows.values()) row.close()
  }

  update(data) {
    const before = this.data
    this.data = data
    const early = this.answered > data.seq
    const old = data.pad && (this.drawing || early || data.seq < this.seq)
    this.layout(early && before ? before.rows : data.rows)
    const given = JSON.stringify([data.x, data.y, data.mask])
    if (!old && given !== this.given) {
      this.given = given
      this.take(data)
    }
    this.root.classList.toggle("drawing", !!data.pad && this.drawing)
  }

  /** What goes in. */
  take({ x, y, mask }) {
    this.x = x ? pictureFrom(x).values : null
    this.y = y ?? undefined
    this.mask = mask ? pictureFrom(mask).values : undefined
    for (const row of this.rows.values()) this.run(row)
  }

  run(row) {
    if (this.x) row.run(this.x, this.y, this.mask)
  }

  layout(rows) {
    this.root.classList.toggle("compact", this.data.compact)
    const now = new Set(rows.map(({ sha256 }) => sha256))
    for (const [sha256, row] of this.rows) {
      if (now.has(sha256)) continue
      row.close()
      this.rows.delete(sha256)
      this.asked.delete(sha256)
    }
    const places = [...now]
    render(
      html`${this.data.title ? html`<h3>${this.data.title}</h3>` : nothing}
        ${rows.map(
          ({ label, wrong, words }, i) =>
            html`<div class=${wrong ? "line wrong" : "line"}>
              <div class="row" data-network=${places[i]} aria-label=${label}></div>
              ${this.data.compact ? html`<p aria-live="polite">${words}</p>` : nothing}
            </div>`,
        )}
        <p class="note">${this.data.note}</p>`,
      this.root,
    )
    for (const message of rows) this.fetch(message)
  }

  fetch(message) {
    const { sha256 } = message
    if (this.asked.has(sha256)) return
    this.asked.add(sha256)
    network(sha256).then(
      (model) => {
        const root = this.root.querySelector(`[data-network="${sha256}"]`)
        if (!root || this.rows.has(sha256)) return
        const row = new Row(root, message, model, this.data.compact)
        this.rows.set(sha256, row)
        this.run(row)
      },
      () => this.asked.delete(sha256),
    )
  }

  // ---- what others ran

  hear({ network, method, given }) {
    const { sha256 } = network.card
    const row = this.rows.get(sha256)
    if (!row || this.data.follows) return
    if (!this.seen) {
      this.missed = { sha256, method, given: given.map((value) => value?.slice?.() ?? value) }
      return
    }
    row.read(method, given)
  }

  look(seen) {
    this.seen = seen
    if (!seen || !this.missed) return
    const { sha256, method, given } = this.missed
    this.missed = null
    const row = this.rows.get(sha256)
    if (!row) return
    row.model[method](...given)
    row.read(method, given)
  }

  // ---- the pad

  ink(detail) {
    this.drawing = !detail.final
    this.seq = Math.max(detail.seq, this.seq)
    if (!this.data.follows) return
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
      this.take(message)
    } catch {
      // the run has it
    }
  }
}
