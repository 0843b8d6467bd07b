// What a part of a page looks at, in a shared link. The part says it when Share asks (toolbar.js), and finds it once, at
// the first mount after the link was opened: from then on the visitor's own hand counts.

const taken = new Set() // keys that were read

/**
 * Say what is looked at whenever Share asks.
 * @param {string} key  in the link
 * @param {() => string} tell  what is looked at as text, "" for nothing but what everybody sees first
 * @returns {() => void} stops it
 */
export function share(key, tell) {
  const collect = (event) => {
    event.detail.view[key] = tell()
  }
  document.addEventListener("head:collect", collect)
  return () => document.removeEventListener("head:collect", collect)
}

/** What the link said under a key; "" where it said nothing, and after the first time. */
export function shared(key) {
  if (taken.has(key)) return ""
  taken.add(key)
  return new URLSearchParams(location.search).get(key) ?? ""
}
