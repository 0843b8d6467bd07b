// Where the networks of a page wait for those who run them. Components are separate modules without addresses, so they
// meet on one global Map.

const NETWORKS = Symbol.for("autoencoder-lab.networks")
globalThis[NETWORKS] ??= new Map()
const shelf = globalThis[NETWORKS] // sha256 -> slot

/**
 * A network that `live.deliver` fetches, as soon as it is there.
 * @param {string} sha256  of its card
 * @returns {Promise<import("./network.js").Network>} rejected if it cannot be had or used
 */
export function network(sha256) {
  const place = slot(sha256)
  place.asked = true
  place.fetch?.()
  return place.promise
}

/**
 * Uses a network once it is there.
 * @param {string} sha256  of its card
 * @param {(network: import("./network.js").Network) => void} use
 * @param {(why: string) => void} [fail]  is told why it cannot be had
 */
export function withNetwork(sha256, use, fail = () => {}) {
  network(sha256).then(use, (error) => fail(error.message))
}

/** Says how a network is fetched, once somebody asks for it. */
export function offer(sha256, fetch) {
  const place = slot(sha256)
  place.fetch = fetch
  if (place.asked) fetch()
}

/**
 * Puts a promise of a network where `network` finds it. One that fails leaves its place: the next page tries again.
 * @returns {Promise} settled when it is there, or not to be had
 */
export function shelve(sha256, promise) {
  const place = slot(sha256)
  place.shelved = true
  place.resolve(promise)
  return promise.then(
    () => (place.here = true), // for the browser tests
    () => shelf.delete(sha256),
  )
}

/** Whether a network is there or on its way. */
export const shelved = (sha256) => slot(sha256).shelved

function slot(sha256) {
  if (!shelf.has(sha256)) {
    const made = { shelved: false, here: false, asked: false }
    made.promise = new Promise((resolve) => (made.resolve = resolve))
    made.promise.catch(() => {}) // whoever waits is told; nobody waiting is no error
    shelf.set(sha256, made)
  }
  return shelf.get(sha256)
}
