// Files of the lab's own server (ui/server/files.py). Their addresses name the content, so browsers keep them by themselves.

const PAUSES = [1, 4, 15, 60] // s before another try: the connection was lost, or the server starts anew

/**
 * @param {string} address  relative to the page's
 * @returns {Promise<ArrayBuffer>} rejected when there is no such file, or the last try failed, too
 */
export async function fetchFile(address) {
  for (const pause of [...PAUSES, null]) {
    try {
      const answer = await fetch(new URL(address, location.href))
      const isFile = answer.headers.get("Content-Type")?.startsWith("application/octet-stream")
      if (answer.ok && isFile) return await answer.arrayBuffer()
      if (answer.status === 404) break // a server that does not have it will not have it soon
    } catch {
      // not reached; or it broke off
    }
    if (pause) await new Promise((next) => setTimeout(next, 1000 * pause))
  }
  throw new Error(`${address} could not be fetched`)
}
