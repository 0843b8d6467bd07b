// Brings networks into the page: from memory, from the browser's cache, else from Python, one at a time (ui/live.py).
// `data` is { networks: [{ name, sha256 }] }, or the bytes of the checkpoint that was asked for last.

import { loadNetwork } from "./network.js"
import { remember, remembered, shelve, shelved } from "./store.js"

const PATIENCE = 15_000 // ms until a checkpoint is asked for again: Streamlit may drop one of two simultaneous messages
const couriers = new WeakMap() // parentElement -> Courier

export default function ({ data, parentElement, setStateValue }) {
  const courier = couriers.get(parentElement) ?? new Courier()
  couriers.set(parentElement, courier)
  courier.ask = (missing) => setStateValue("missing", missing)
  if (ArrayBuffer.isView(data)) courier.receive(data.slice().buffer)
  else if (data) courier.fetch(data.networks)
}

class Courier {
  networks = []
  asked = null // { sha256, attempt } of what Python is to send now

  /** Looks for the networks, the first that a page names first, and asks for the first that is nowhere. */
  async fetch(networks = this.networks) {
    this.networks = networks
    for (const { name, sha256 } of networks) {
      if (shelved(sha256)) continue
      const buffer = await remembered(name, sha256)
      const network = buffer && (await loadNetwork(buffer).catch(() => null)) // a damaged copy is as good as none
      if (shelved(sha256)) continue
      if (!network) return this.askFor(sha256)
      shelve(sha256, network)
    }
    clearTimeout(this.timer)
    if (this.asked) this.ask(null)
    this.asked = null
  }

  askFor(sha256) {
    clearTimeout(this.timer)
    const attempt = this.asked?.sha256 === sha256 ? this.asked.attempt + 1 : 0
    this.asked = { sha256, attempt }
    this.ask(this.asked)
    this.timer = setTimeout(() => this.fetch(), PATIENCE * 2 ** attempt)
  }

  async receive(buffer) {
    const asked = this.asked?.sha256
    try {
      const network = await loadNetwork(buffer)
      const { name, sha256 } = network.card
      if (shelved(sha256)) return // the same message again
      shelve(sha256, network)
      remember(name, sha256, buffer)
    } catch (error) {
      if (asked) shelve(asked, Promise.reject(error))
    }
    this.fetch()
  }
}
