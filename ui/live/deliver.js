// Brings networks into the page, the most urgent first. `data` is { networks: [{ sha256, address }] }: see ui/live.py.

import { fetchFile } from "./fetch.js"
import { loadNetwork } from "./network.js"
import { shelve, shelved } from "./store.js"

export default function ({ data }) {
  if (data) bring(data.networks)
}

// One after the other: two at once would both come later.
async function bring(networks) {
  for (const { sha256, address } of networks) {
    if (!shelved(sha256)) await shelve(sha256, fetchFile(address).then(loadNetwork))
  }
}
