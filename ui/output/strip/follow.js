// What a strip shows while a hand draws, computed in the browser alone: the drawing as MNIST would have it, the same
// damage that Python last did, and what the networks make of both. When the pen rises, the server is asked for the
// whole strip, at an address that answers without a run of the page (ui/server/ask.py); the run's own answer comes later.

import { normalizeDrawing } from "../../input/digit.js"
import { SIDE } from "../picture.js"
import { ran } from "../../live/ran.js"
import { withNetwork } from "../../live/store.js"

const FIXED = 8192 // what 1 is in the 16-bit numbers that Python sends
const WARM_UP = 6 // runs of a network before the first that counts

/**
 * Follows a drawing pad and computes a strip's pictures, the last drawing first.
 *
 * Python's answer to a drawing is the final word on it; until it has come, `ahead` says that these pictures are newer.
 * A plan is what ui/output/strip/__init__.py `_live` makes:
 * { pad, seq, name, corrupted, damage, paste, answers, networks: { tile: [sha256, of] } }.
 */
export class Follower {
  plan = /** @type {any} */ (null)
  networks = new Map() // sha256 -> network, once it has come
  asked = new Set() // their sha256
  waiting = /** @type {any} */ (null) // the pad's last event, while the networks are at work on an earlier one
  busy = false
  drawing = false
  seq = 0 // of the last drawing shown here
  shown = false // whether tiles show pictures of ours
  answered = -1 // seq of the last drawing that the server has answered without a run

  /**
   * @param {(pictures: Map<string, Float32Array>) => void} show  takes some tiles' pictures, (784) each
   * @param {(message: object) => void} finish  takes the server's message on a whole drawing, see ui/output/strip/__init__.py
   */
  constructor(show, finish) {
    this.show = show
    this.finish = finish
    this.listen = (event) => event.detail.key === this.plan?.pad && this.drawn(event.detail)
    document.addEventListener("pad:ink", this.listen)
  }

  close() {
    document.removeEventListener("pad:ink", this.listen)
  }

  /** Python's data has come. @returns {boolean} whether its pictures are older than ours */
  update(plan) {
    this.plan = plan
    this.damage = plan && damage(plan.damage)
    for (const [sha256] of Object.values(plan?.networks ?? {})) {
      if (!this.asked.has(sha256)) withNetwork(sha256, (loaded) => this.warmUp(sha256, loaded))
      this.asked.add(sha256)
    }
    if (this.shown && (!plan || (!this.drawing && plan.seq >= this.seq))) this.shown = false
    return this.shown
  }

  /** Whether the strip shows the server's answer to a drawing that the last run did not know. */
  get early() {
    return this.plan !== null && this.answered > this.plan.seq
  }

  /** Runs a network that has come a few times while nobody draws: until then the browser has not compiled it well. */
  warmUp(sha256, loaded) {
    this.networks.set(sha256, loaded)
    const blank = new Float32Array(SIDE * SIDE)
    const idle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 50)) // which Safari lacks
    const warm = (times) => {
      if (!this.drawing) loaded.forward(blank)
      if (times > 1) idle(() => warm(times - 1))
    }
    idle(() => warm(WARM_UP))
  }

  /** The pad's ink has changed. A slow device skips events; Python's answer to the whole stroke is not made to wait. */
  async drawn(detail) {
    if (detail.final) {
      this.drawing = false
      this.waiting = null
      this.seq = Math.max(detail.seq, this.seq)
      detail.until = Promise.all([detail.until, this.ask(detail)])
      return
    }
    this.drawing = true
    detail.followed = this.networks.size === this.asked.size // else the page's runs have what is missing
    this.waiting = detail
    if (this.busy) return
    this.busy = true
    while (this.waiting) {
      const { seq, raster } = this.waiting
      this.waiting = null
      this.seq = seq
      const x = normalizeDrawing(raster(112), 112)
      if (x) await this.compute(x)
    }
    this.busy = false
  }

  /** Asks for the strip of a whole drawing; where no answer comes, the page's next run has it. */
  async ask({ seq, strokes }) {
    if (!this.plan?.answers || this.plan.seq >= seq) return
    let message
    try {
      const answer = await fetch(new URL(this.plan.answers, location.href), {
        method: "POST",
        body: JSON.stringify(strokes),
      })
      if (!answer.ok) return
      message = await answer.json()
    } catch {
      return
    }
    if (this.drawing || this.seq !== seq || this.plan === null || this.plan.seq >= seq) return
    this.answered = seq
    this.shown = false
    this.finish(message)
  }

  /** Shows each picture as soon as it is known; the pen goes first between two networks. */
  async compute(x) {
    const { corrupted, networks, paste } = this.plan
    const { damaged, removed } = this.damage(x)
    const inputs = { clean: x, [corrupted]: damaged }
    this.shown = true
    this.show(new Map(Object.entries(inputs)))
    for (const [tile, [sha256, of]] of Object.entries(networks)) {
      const model = this.networks.get(sha256)
      if (!model) continue
      await new Promise((next) => setTimeout(next))
      if (this.waiting || !this.drawing) return
      const recon = model.forward(inputs[of])
      ran(model, "forward", inputs[of])
      if (paste && removed) recon.forEach((_, i) => (recon[i] = removed[i] ? recon[i] : damaged[i]))
      this.show(new Map([[tile, recon]]))
    }
  }
}

/** aecore.corruptions.Realization.apply: clip(gain * (down @ x @ across^T) + offset), of numbers that Python sent. */
function damage({ gain, offset, down, across, removes }) {
  const [a, b, rows, columns] = [gain, offset, down, across].map((text) => text && fixed(text))
  return (x) => {
    const seen = rows ? product(product(rows, x), transposed(columns)) : x
    const damaged = seen.map((value, i) => Math.min(Math.max(value * (a ? a[i] : 1) + (b ? b[i] : 0), 0), 1))
    return { damaged, removed: removes ? a.map((value) => (value === 0 ? 1 : 0)) : null }
  }
}

/** Base64 of 16-bit numbers, little-endian -> Float32Array. */
function fixed(base64) {
  const view = new DataView(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer)
  return Float32Array.from({ length: view.byteLength / 2 }, (_, i) => view.getInt16(2 * i, true) / FIXED)
}

/** (SIDE, SIDE) @ (SIDE, SIDE). */
function product(left, right) {
  const out = new Float32Array(SIDE * SIDE)
  for (let i = 0; i < SIDE; i++) {
    for (let k = 0; k < SIDE; k++) {
      const weight = left[i * SIDE + k]
      if (weight === 0) continue
      for (let j = 0; j < SIDE; j++) out[i * SIDE + j] += weight * right[k * SIDE + j]
    }
  }
  return out
}

const transposed = (matrix) => matrix.map((_, i) => matrix[(i % SIDE) * SIDE + Math.floor(i / SIDE)])
