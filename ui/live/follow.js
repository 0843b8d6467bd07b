// While a hand draws, a strip's pictures come from the browser alone: a worker computes them (ui/live/sketcher.js), and
// nothing is sent anywhere. Here it is told what to compute, and asked again as soon as it has answered.

import { network, workshop } from "./store.js"

/**
 * Follows a drawing pad and has a strip's pictures computed, the last drawing first.
 *
 * Python's answer to a drawing is the final word on it; until it has come, `update` says that these pictures are newer.
 * A plan is what ui/strip.py `_live` makes: { pad, seq, name, corrupted, damage, paste, networks: { tile: [sha256, of] } }.
 */
export class Follower {
  plan = null
  asked = new Set() // sha256 of the networks that the worker has or will have
  waiting = null // the pad's last event, while the worker is busy with an earlier one
  busy = false
  drawing = false
  run = 0 // what the worker was asked for last
  seq = 0 // of the last drawing shown here
  shown = false // whether tiles show pictures of ours
  whole = false // whether every network has answered the last drawing

  /** @param {(pictures: Map<string, Float32Array>) => void} show  takes some tiles' pictures, (784) each */
  constructor(show) {
    this.show = show
    this.worker = workshop.then((address) => {
      const worker = new Worker(address, { type: "module" })
      worker.onmessage = ({ data }) => this.take(data)
      return worker
    })
    this.worker.catch(() => {}) // no workers here: Python's answers alone are shown
    this.listen = (event) => {
      if (event.detail.key !== this.plan?.pad) return
      this.drawn(event.detail)
      if (this.whole) event.preventDefault() // Python need not answer every movement
    }
    document.addEventListener("pad:ink", this.listen)
  }

  close() {
    document.removeEventListener("pad:ink", this.listen)
    this.worker.then((worker) => worker.terminate(), () => {})
  }

  /** Python's data has come. @returns {boolean} whether its pictures are older than ours */
  update(plan) {
    const told = plan && JSON.stringify([plan.corrupted, plan.damage, plan.paste, plan.networks])
    if (plan && told !== this.told) this.tell({ plan })
    this.plan = plan
    this.told = told
    for (const [sha256] of Object.values(plan?.networks ?? {})) {
      if (!this.asked.has(sha256)) network(sha256).then(({ buffer }) => this.tell({ sha256, buffer }), () => {})
      this.asked.add(sha256)
    }
    if (this.shown && (!plan || (!this.drawing && plan.seq >= this.seq))) this.shown = false
    return this.shown
  }

  tell(message) {
    this.worker.then((worker) => worker.postMessage(message), () => {})
  }

  /** The pad's ink has changed. A slow device skips events; Python's answer to the whole stroke is not made to wait. */
  drawn(detail) {
    this.drawing = !detail.final
    this.seq = Math.max(detail.seq, this.seq)
    this.waiting = this.drawing ? detail : null
    if (!this.drawing) this.tell({ run: ++this.run })
    else if (!this.busy) this.next()
  }

  next() {
    const ink = this.waiting.raster(112)
    this.waiting = null
    this.busy = true
    this.tell({ run: ++this.run, ink })
  }

  take({ run, pictures, done, whole }) {
    if (pictures && run === this.run) {
      this.shown = true
      this.show(pictures)
    }
    if (!done) return
    this.busy = false
    this.whole = whole
    if (this.waiting) this.next()
  }
}
