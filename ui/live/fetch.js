// Files of the lab's own server (ui/files.py). Their addresses name the content, so browsers keep them by themselves.

const PAUSES = [1, 4, 15, 60] // s before another try: the connection was lost, or the server starts anew

/**
 * @param {string} address  relative to the page's
 * @returns {Promise<ArrayBuffer>} rejected when the last try failed, too
 */
export async function fetchFile(address, pauses = PAUSES) {
  try {
    const answer = await fetch(new URL(address, location.href))
    const isFile = answer.headers.get("Content-Type") === "application/octet-stream" // and not the page of a portal
    if (!answer.ok || !isFile) throw new Error(`${address}: ${answer.status}`)
    return await answer.arrayBuffer()
  } catch (error) {
    if (!pauses.length) throw error
    await new Promise((next) => setTimeout(next, 1000 * pauses[0]))
    return fetchFile(address, pauses.slice(1))
  }
}
