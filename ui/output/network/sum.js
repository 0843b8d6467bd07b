// The computation behind one number of a layer: the very sum, term by term, with the numbers of the last run.

/**
 * @typedef {object} Term
 * @property {number} from  place of the number in what the layer acts on, in PyTorch's order
 * @property {number} x  that number
 * @property {number} w  its weight
 */

/**
 * @typedef {object} Sum
 * @property {number} place  of the layer with the weights
 * @property {number} source  of what it acts on
 * @property {number} index  of the number in the layer, in PyTorch's order
 * @property {number} bias
 * @property {Term[]} terms  all of them; those beyond a picture's border are zero and left out
 * @property {number} total  bias + the terms
 * @property {{kind: string, value: number, other: ?number}[]} then  what is done to the sum, each with its result; other:
 *   what is added to it
 */

const ALONE = [
  "relu",
  "leaky_relu",
  "tanh",
  "sigmoid",
  "clamp",
  "affine",
  "reshape",
  "add",
  "sub",
  "mul",
  "where",
  "slice",
]

/**
 * @param {import("../../live/network.js").Network} model  which has just run
 * @param {number} place  of a layer
 * @param {number} index  of a number of it, in PyTorch's order
 * @returns {?Sum}  null where there is no such sum: an input, or a kind of layer that is not opened here
 */
export function sumOf(model, place, index) {
  const { layers } = model.card.network
  const then = /** @type {Sum["then"]} */ ([])
  let [at, i] = [place, index]
  while (ALONE.includes(layers[at].kind)) {
    const { kind, of, settings } = layers[at]
    const [from, beside] = steps(kind, of)
    const other = beside >= 0 ? model.value(beside)[i] : null
    if (kind !== "reshape" && kind !== "slice") then.unshift({ kind, value: model.value(at)[i], other })
    if (kind === "slice") i += settings.begin
    at = from
  }
  const { kind, of, shape, tensors, settings } = layers[at]
  const opened = { linear, transposed_linear: transposed, conv2d: convolved, conv_transpose2d: spread }[kind]
  if (!opened) return null
  const [source] = of
  const x = model.value(source)
  const { shape: from } = layers[source]
  const terms = opened(i, { x, from, shape, settings, weight: model.tensor(tensors.weight) })
  const channel = shape.length === 3 ? Math.floor(i / (shape[1] * shape[2])) : i
  const bias = tensors.bias ? model.tensor(tensors.bias)[channel] : 0
  const total = terms.reduce((sum, term) => sum + term.x * term.w, bias)
  return { place: at, source, index: i, bias, terms, total, then }
}

/** Which of a layer's arguments is followed, the one that was computed last, and which stands beside it, or -1. */
function steps(kind, of) {
  if (kind === "where") return [of[1], -1]
  if (of.length === 1) return [of[0], -1]
  return [Math.max(...of), Math.min(...of)]
}

function linear(i, { x, weight }) {
  return Array.from(x, (value, from) => ({ from, x: value, w: weight[i * x.length + from] }))
}

function transposed(i, { x, shape: [fanOut], weight }) {
  return Array.from(x, (value, from) => ({ from, x: value, w: weight[from * fanOut + i] }))
}

function convolved(i, { x, from: [fanIn, height, width], shape: [, rows, columns], settings, weight }) {
  const [high, wide] = settings.kernel
  const pixel = i % (rows * columns)
  const channel = (i - pixel) / (rows * columns)
  const top = Math.floor(pixel / columns) * settings.stride[0] - settings.padding[0]
  const left = (pixel % columns) * settings.stride[1] - settings.padding[1]
  const terms = []
  for (let c = 0; c < fanIn; c++) {
    for (let row = 0; row < high; row++) {
      for (let column = 0; column < wide; column++) {
        const [y, z] = [top + row, left + column]
        if (y < 0 || y >= height || z < 0 || z >= width) continue
        const at = (c * height + y) * width + z
        terms.push({ from: at, x: x[at], w: weight[((channel * fanIn + c) * high + row) * wide + column] })
      }
    }
  }
  return terms
}

function spread(i, { x, from: [fanIn, height, width], shape: [fanOut, rows, columns], settings, weight }) {
  const [high, wide] = settings.kernel
  const [down, across] = settings.stride
  const pixel = i % (rows * columns)
  const channel = (i - pixel) / (rows * columns)
  const [row, column] = [Math.floor(pixel / columns) + settings.padding[0], (pixel % columns) + settings.padding[1]]
  const terms = []
  for (let c = 0; c < fanIn; c++) {
    for (let y = 0; y < height; y++) {
      for (let z = 0; z < width; z++) {
        const [tapRow, tapColumn] = [row - y * down, column - z * across]
        if (tapRow < 0 || tapRow >= high || tapColumn < 0 || tapColumn >= wide) continue
        const at = (c * height + y) * width + z
        terms.push({ from: at, x: x[at], w: weight[((c * fanOut + channel) * high + tapRow) * wide + tapColumn] })
      }
    }
  }
  return terms
}
