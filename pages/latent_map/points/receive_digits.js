// Brings the 10,000 test digits into the page, as the data set's own gzipped IDX file. `data` is
// { sha256, address, after }; `after` are networks that come first.

import { fetchFile } from "../../../ui/live/fetch.js"
import { settle, settled } from "./points.js"
import { network } from "../../../ui/live/store.js"

const HEADER = 16 // bytes of an IDX file of pictures
const PATIENCE = 6_000 // ms at most for the networks
let asked = null // sha256 of the digits that are here or on their way

/** @param {Component} component */
export default function ({ data }) {
  if (!data || asked === data.sha256 || settled(`digits ${data.sha256}`)) return
  asked = data.sha256
  fetchDigits(data).catch(() => (asked = null)) // the next run of the page tries again
}

async function fetchDigits({ sha256, address, after }) {
  const patience = new Promise((next) => setTimeout(next, PATIENCE))
  await Promise.race([Promise.allSettled(after.map(network)), patience])
  const plain = new Blob([await fetchFile(address)]).stream().pipeThrough(new DecompressionStream("gzip"))
  const bytes = new Uint8Array(await new Response(plain).arrayBuffer())
  settle(`digits ${sha256}`, bytes.subarray(HEADER))
}
