// What the visitor looks at, as text in the address: views that they have moved, the pin, and whether maps of codes have
// scales of their own. "own;vae-2:0.1,-0.4,2.5;pin-vae-2:0.5,1.2": a view is its middle and its width in the map's units.

/** @param {{own: boolean, views: Map<string, number[]>, pin: ?{name: string, place: number[]}}} looked */
export function linkOf({ own, views, pin }) {
  const write = (name, numbers) => `${name}:${numbers.map((number) => Number(number.toPrecision(4))).join()}`
  const parts = [...views].map(([name, view]) => write(name, view))
  if (own) parts.unshift("own")
  if (pin) parts.push(write(`pin-${pin.name}`, pin.place))
  return parts.join(";")
}

/** What a link says; what makes no sense there is left out. */
export function readLink(text) {
  const looked = { own: false, views: new Map(), pin: /** @type {any} */ (null) }
  for (const part of text.split(";")) {
    const [name, list = ""] = part.split(":")
    const numbers = list.split(",").map(Number)
    const sound = list !== "" && numbers.every(Number.isFinite)
    if (part === "own") looked.own = true
    else if (sound && numbers.length === 2 && name.startsWith("pin-"))
      looked.pin = { name: name.slice(4), place: numbers }
    else if (sound && numbers.length === 3 && numbers[2] > 0) looked.views.set(name, numbers)
  }
  return looked
}
