// Tells the rest of the page that a network has just run, so that whoever draws its inside (ui/output/network) reads it
// there and then, and nothing is computed twice. Without a listener it costs nothing.

export const RAN = "network:ran"

/**
 * @param {import("./network.js").Network} network  whose values are those of this run
 * @param {string} method  that has run, as "forward" or "decode"
 * @param {...any} given  what it was given
 */
export function ran(network, method, ...given) {
  network.latest = { method, given }
  document.dispatchEvent(new CustomEvent(RAN, { detail: { network, method, given } }))
}
