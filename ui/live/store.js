// Where the networks of a page wait for those who run them. Components are separate modules without addresses, so they
// meet on one global Map, and across visits in the browser's Cache API (on pages that are served securely).

const shelf = (globalThis[Symbol.for("autoencoder-lab.networks")] ??= new Map()) // sha256 -> slot

/**
 * A network that `live.deliver` brings, as soon as it is there.
 * @param {string} sha256  of its card
 * @returns {Promise<import("./network.js").Network>} rejected with a CheckpointError if it cannot be used
 */
export const network = (sha256) => slot(sha256).promise

/** Puts a promise of a network where `network` finds it. */
export function shelve(sha256, promise) {
  const { resolve, here } = slot(sha256)
  if (here) return
  slot(sha256).here = true
  resolve(promise)
}

/** Whether a network was put there, or is on its way from the cache. */
export const shelved = (sha256) => slot(sha256).here

function slot(sha256) {
  if (!shelf.has(sha256)) {
    const made = { here: false }
    made.promise = new Promise((resolve) => (made.resolve = resolve))
    made.promise.catch(() => {}) // whoever waits is told; nobody waiting is no error
    shelf.set(sha256, made)
  }
  return shelf.get(sha256)
}

// Names in the cache, not addresses that anyone asks a server for.
const CACHE = "autoencoder-lab-networks"
const prefix = (name) => `/live-network/${name}/`

/** @returns {Promise<?ArrayBuffer>} the checkpoint of an earlier visit */
export async function remembered(name, sha256) {
  try {
    const found = await (await caches.open(CACHE)).match(prefix(name) + sha256)
    return found ? await found.arrayBuffer() : null
  } catch {
    return null // no Cache API here, or it is forbidden
  }
}

/** Keeps a checkpoint for later visits, instead of older ones of its name. */
export async function remember(name, sha256, buffer) {
  try {
    const cache = await caches.open(CACHE)
    const old = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(prefix(name)))
    for (const request of old) await cache.delete(request)
    await cache.put(prefix(name) + sha256, new Response(buffer))
  } catch {} // then it is sent again on the next visit
}
