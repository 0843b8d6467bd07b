// From the layers that a card lists to the boxes of a picture: what follows a layer with weights and only acts on single
// numbers, or moves them, stands in its box; so do convolutions that keep the shape, as those of a residual block.

/**
 * One thing in the row.
 * @typedef {object} Box
 * @property {"input"|"label"|"maps"|"units"|"code"|"output"} kind
 * @property {number[]} places  of its layers in the card's list, in order
 * @property {number} place  of the one whose value it shows
 * @property {number[]} shape  of that value: (C, H, W) or (units)
 * @property {Box[]} from  what it acts on
 */

/**
 * @typedef {object} Plan
 * @property {Box[]} boxes  as the data flows
 * @property {?Box} code  null where the network has no code of its own
 * @property {number} narrowest  numbers in the smallest box between input and output
 * @property {number} pixels  numbers in the input
 * @property {boolean} positive  no number of the code is below zero
 * @property {number} logvar  place of the logarithms of the code's variances, or -1
 */

const WEIGHTED = /^(transposed_)?linear$|^conv/
const MOVING = /^(reshape|upsample|one_hot|expand|concat|slice|pixel_|max_|avg_pool)/
const POSITIVE = ["relu", "sigmoid", "softmax"]

export const count = (shape) => shape.reduce((a, b) => a * b, 1)

/**
 * @param {{layers: any[], methods: any}} network  of a card
 * @param {boolean} masked  it is told which pixels are missing
 * @returns {Plan}
 */
export function planOf({ layers, methods }, masked = false) {
  const pick = (name) => (masked && methods[`${name}_masked`]) || methods[name]
  const code = pick("encode")?.gives.z ?? -1
  const [out] = Object.values(pick("forward").gives)
  const logvar = methods.posterior?.gives.logvar ?? -1
  const places = leadingTo(layers, [out, code, logvar])
  const owner = new Map() // place of a layer -> its box; layers that only move numbers have none
  const closed = new Set() // boxes that are whole: inputs, and the code behind z
  let boxes = /** @type {Box[]} */ ([])

  /** The boxes that a value comes from. */
  const origin = (place) => (owner.has(place) ? [owner.get(place)] : layers[place].of.flatMap(origin))
  const put = (place, box) => {
    box.places.push(place)
    owner.set(place, box)
  }
  const open = (place, kind) => {
    const box = { kind, places: [], place, shape: [], from: [] }
    boxes.push(box)
    put(place, box)
    return box
  }

  for (const place of places) {
    const { kind, of, shape } = layers[place]
    const from = of.flatMap(origin)
    const last = from.reduce((a, b) => (boxes.indexOf(b) > boxes.indexOf(a) ? b : a), from[0])
    if (kind === "input") closed.add(open(place, shape.length ? "input" : "label"))
    else if (WEIGHTED.test(kind)) {
      const goesOn = /^conv/.test(kind) && !closed.has(last) && String(shape) === String(shapeOf(layers, last))
      goesOn ? put(place, last) : open(place, "units")
    } else if (place === code || !(MOVING.test(kind) || closed.has(last))) {
      put(place, last)
      if (kind === "add") boxes = boxes.filter((box) => !from.includes(box) || !joins(layers, places, owner, box, last))
    }
    if (place === code) closed.add(owner.get(place))
  }
  for (const box of boxes) {
    box.place = box.places.at(-1) ?? -1
    box.shape = layers[box.place].shape
    if (box.kind === "units" && box.shape.length === 3) box.kind = "maps"
    const before = box.places.flatMap((place) => layers[place].of).flatMap(origin)
    box.from = [...new Set(before)].filter((one) => one !== box)
  }
  const coded = owner.get(code) ?? null
  if (coded) {
    coded.kind = "code"
    coded.place = code
    coded.shape = layers[code].shape
    const [unfolded] = layers[code].of
    if (layers[code].kind === "reshape") Object.assign(coded, { place: unfolded, shape: layers[unfolded].shape })
  }
  const [last] = origin(out).slice(-1)
  Object.assign(last, { kind: "output", place: out, shape: layers[out].shape })
  const inner = boxes.filter(({ kind }) => kind === "maps" || kind === "units" || kind === "code")
  return {
    boxes,
    code: coded,
    narrowest: Math.min(...inner.map(({ shape }) => count(shape))),
    pixels: count(boxes[0].shape),
    positive: coded !== null && POSITIVE.includes(layers[code].kind),
    logvar,
  }
}

/** Places of all that some values are made of, and of themselves, in order. */
function leadingTo(layers, ends) {
  const wanted = new Set(ends.filter((place) => place >= 0))
  for (let place = layers.length - 1; place >= 0; place--) {
    if (wanted.has(place)) for (const before of layers[place].of) wanted.add(before)
  }
  return [...wanted].sort((a, b) => a - b)
}

/** Of the last layer in a box; reshaped, if what is behind it asks for that. */
const shapeOf = (layers, { places }) => layers[places.at(-1)].shape

/** A way beside another, which this sum ends: the box that nothing else uses becomes part of the sum's. */
function joins(layers, places, owner, box, into) {
  if (box === into || box.kind === "input") return false
  const inside = new Set(box.places)
  const users = places.filter((place) => !inside.has(place) && layers[place].of.some((before) => inside.has(before)))
  if (users.some((place) => owner.get(place) !== into)) return false
  if (String(shapeOf(layers, box)) !== String(shapeOf(layers, into))) return false
  into.places = [...box.places, ...into.places].sort((a, b) => a - b)
  for (const place of box.places) owner.set(place, into)
  return true
}
