// Brings networks into the page, the most urgent first. `data` is { networks: [{ sha256, address }] }: see ui/live/networks.py.

import { fetchFile } from "./fetch.js"
import { loadNetwork } from "./network.js"
import { shelve, shelved } from "./store.js"

let wanted = [] // what the last page named comes first
let busy = false

/** @param {Component} component */
export default function ({ data }) {
  if (!data) return
  const named = new Set(data.networks.map(({ sha256 }) => sha256))
  wanted = [...data.networks, ...wanted.filter(({ sha256 }) => !named.has(sha256))]
  fetchWanted()
}

// One after the other: two at once would both come later.
async function fetchWanted() {
  if (busy) return
  busy = true
  while (wanted.length) {
    const { sha256, address } = wanted.shift()
    if (!shelved(sha256)) await shelve(sha256, fetchFile(address).then(loadNetwork))
  }
  busy = false
}
