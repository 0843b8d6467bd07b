// Brings networks into the page, the most urgent first. `data` is { networks: [{ sha256, address }], late: whether each
// waits until a part of the page asks for it }: see ui/live/networks.py.

import { fetchFile } from "./fetch.js"
import { loadNetwork } from "./network.js"
import { newRoom } from "./room.js"
import { offer, shelve, shelved } from "./store.js"

let wanted = [] // what the last page named comes first
let busy = false
const room = newRoom() // for all: they stay as long as the page, and a browser has only so many memories to give

/** @param {Component} component */
export default function ({ data }) {
  if (!data) return
  if (data.late) {
    for (const one of data.networks) offer(one.sha256, () => want([one]))
  } else want(data.networks)
}

function want(networks) {
  const named = new Set(networks.map(({ sha256 }) => sha256))
  wanted = [...networks, ...wanted.filter(({ sha256 }) => !named.has(sha256))]
  fetchWanted()
}

// One after the other: two at once would both come later.
async function fetchWanted() {
  if (busy) return
  busy = true
  while (wanted.length) {
    const { sha256, address } = wanted.shift()
    const fetchNetwork = async () => loadNetwork(await fetchFile(address), room)
    if (!shelved(sha256)) await shelve(sha256, fetchNetwork())
  }
  busy = false
}
