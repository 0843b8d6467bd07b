// What a strip shows while a hand draws, computed in a worker, so that the pen never waits for it: the drawing as MNIST
// would have it, the same damage that Python last did, and what the networks make of both. ui/live/follow.js asks.
//
// A worker starts from the bundle that this is in. Messages to it, any of
//   { plan }           what ui/strip.py `_live` makes: { corrupted, damage, paste, networks: { tile: [sha256, of] }, ... }
//   { sha256, buffer } the checkpoint of a network of the plan
//   { run, ink }       ink as 112 * 112 bytes, 255 where it is full; without ink: what runs may stop
// and from it { run, pictures: Map of tile -> (784) }, as soon as each is known, and at a run's end
// { run, done: true, whole }, whole: every network of the plan is there.

import { normalizeDrawing, SIDE } from "./digit.js"
import { loadNetwork } from "./network.js"

const FIXED = 8192 // what 1 is in the 16-bit numbers that Python sends
const WARM_UP = 6 // runs of a network before the first that counts: until then the browser has not compiled it well
const INK = 112 // pixels of a drawing's side

class Sketcher {
  networks = new Map() // sha256 -> network
  run = 0 // the last that was asked for

  receive({ plan, sha256, buffer, run, ink }) {
    if (plan) Object.assign(this, { plan, damage: damage(plan.damage) })
    if (buffer) this.load(sha256, buffer).catch(() => {}) // then its tile waits for Python's answer
    if (run !== undefined) this.run = run
    if (ink) this.sketch(run, ink)
  }

  async load(sha256, buffer) {
    const network = await loadNetwork(buffer)
    for (let i = 0; i < WARM_UP; i++) {
      network.forward(new Float32Array(SIDE * SIDE))
      await messages()
    }
    this.networks.set(sha256, network)
  }

  /** Computes and posts the pictures of a drawing, one after the other; a newer run ends it. */
  async sketch(run, ink) {
    const x = normalizeDrawing(ink, INK)
    if (x) {
      const { corrupted, networks, paste } = this.plan
      const { damaged, removed } = this.damage(x)
      const inputs = { clean: x, [corrupted]: damaged }
      post(run, Object.entries(inputs))
      for (const [tile, [sha256, of]] of Object.entries(networks)) {
        await messages()
        if (run !== this.run) break
        const recon = this.networks.get(sha256)?.forward(inputs[of])
        if (!recon) continue
        if (paste && removed) recon.forEach((_, i) => (recon[i] = removed[i] ? recon[i] : damaged[i]))
        post(run, [[tile, recon]])
      }
    }
    const whole = Object.values(this.plan.networks).every(([sha256]) => this.networks.has(sha256))
    postMessage({ run, done: true, whole })
  }
}

const post = (run, pictures) => postMessage({ run, pictures: new Map(pictures) })

/** Lets messages that have come be received; setTimeout would wait for 4 ms. */
const messages = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => resolve(port1.close())
  port2.postMessage(null)
})

/** aecore.corruptions.Draw.apply: clip(gain * (down @ x @ across^T) + offset), of numbers that Python sent. */
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

if ("WorkerGlobalScope" in globalThis) {
  const sketcher = new Sketcher()
  onmessage = ({ data }) => sketcher.receive(data)
}
