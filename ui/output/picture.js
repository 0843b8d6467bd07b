// Pictures and traces of any shape: how they come from Python (picture.py), and how they are painted. Ink is white on
// near-black in both themes, colours are themselves, a trace is a line in the theme's text colour.

export const SIDE = 28 // of a digit
export const PAPER = [11, 14, 16]
const WHITE = [255, 255, 255]
const TOO_DARK = [77, 176, 255]
const TOO_BRIGHT = [255, 154, 60]
const SQUARES = 56 // pixels a side, at most, of a picture whose pixels are shown as squares

const sheets = new WeakMap() // canvas -> the ImageData that it is painted with, every frame the same

/**
 * A picture (C, H, W), C 1 for ink or 3 for colours, or a trace (1, L).
 * @typedef {object} Picture
 * @property {number[]} shape
 * @property {Float32Array} values  row by row, channel after channel
 * @property {number} low  what is black, or the lower edge
 * @property {number} high  what is white, or the upper edge
 */

/** @param {string} base64  as picture.py `pixels` writes it  @returns {Uint8Array<ArrayBuffer>} */
export function bytesFrom(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/**
 * @param {{shape: number[], low: number, high: number, values: string}} message  as picture.py `pictures` writes it
 * @returns {Picture[]}
 */
export function picturesFrom({ shape, low, high, values }) {
  const bytes = bytesFrom(values)
  const steps = isTrace({ shape }) ? new Uint16Array(bytes.buffer) : bytes
  const most = isTrace({ shape }) ? 65535 : 255
  const all = Float32Array.from(steps, (step) => low + (step / most) * (high - low))
  const size = shape.reduce((a, b) => a * b, 1)
  return Array.from({ length: all.length / size }, (_, i) => {
    return { shape, low, high, values: all.subarray(i * size, (i + 1) * size) }
  })
}

/** The only one of a message. @returns {Picture} */
export const pictureFrom = (message) => picturesFrom(message)[0]

/** A picture like another one, but of these values. @returns {Picture} */
export const like = (picture, values) => ({ ...picture, values })

/** @param {{shape: number[]}} picture */
export const isTrace = ({ shape }) => shape.length === 2

/** Samples across and down that can be pointed at. @param {{shape: number[]}} picture */
export const extent = ({ shape }) =>
  isTrace({ shape }) ? { across: shape[1], down: 1 } : { across: shape[2], down: shape[1] }

/** How wide and high it is shown, only their ratio counts. @param {{shape: number[]}} picture */
export const proportions = ({ shape }) => (isTrace({ shape }) ? [2, 1] : [shape[2], shape[1]])

/** What paints on a canvas. @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")) // null only beside another kind of context
}

/**
 * Paints a picture on a canvas of its own, or with `clean` what it should be, how far it is from that: too bright in
 * orange, too dark in blue; of colours the channel that is farthest off.
 * @param {HTMLCanvasElement} canvas  becomes as large as the picture; a trace's is as large as the screen shows it
 * @param {Picture} picture
 * @param {?Picture} clean
 */
export function paintPicture(canvas, picture, clean = null) {
  canvas.classList.toggle("trace", isTrace(picture)) // for the style sheets
  canvas.classList.toggle("fine", isTrace(picture) || Math.max(...picture.shape.slice(1)) > SQUARES)
  if (isTrace(picture)) {
    paintTrace(canvas, picture, clean)
    canvas.ontransitionend = () => paintTrace(canvas, picture, clean) // of its colour: the theme has changed
    return
  }
  canvas.ontransitionend = null
  const [channels, height, width] = picture.shape
  const { values, low, high } = picture
  const share = (i) => (values[i] - low) / (high - low)
  const n = height * width
  if (clean) {
    const error = (i) => (values[i] - clean.values[i]) / (high - low)
    const worst = (i) => {
      const [red, green, blue] = [error(i), error(i + n), error(i + 2 * n)]
      const most = Math.abs(red) > Math.abs(green) ? red : green
      return Math.abs(most) > Math.abs(blue) ? most : blue
    }
    paintInks(canvas, width, height, channels === 1 ? error : worst, TOO_BRIGHT, TOO_DARK)
  } else if (channels === 1) paintInks(canvas, width, height, share, WHITE, WHITE)
  else paintColors(canvas, width, height, (i, channel) => 255 * share(channel * n + i))
}

/** Paints pictures on the canvases of a board, in order. @param {Picture[]} pictures */
export function paintAll(root, pictures) {
  root.querySelectorAll("canvas").forEach((canvas, i) => paintPicture(canvas, pictures[i]))
}

/**
 * Paints a digit on a canvas of its own.
 * @param {HTMLCanvasElement} canvas  becomes 28 x 28
 * @param {Float32Array|Uint8Array} x  (784) in [0, 1], or bytes
 */
export function digitTile(canvas, x) {
  const full = x instanceof Uint8Array ? 255 : 1
  paintInks(canvas, SIDE, SIDE, (i) => x[i] / full, WHITE, WHITE)
}

// share(i) in [-1, 1]: how far pixel i goes from the paper to the colour of its sign.
function paintInks(canvas, width, height, share, above, below) {
  const sheet = sheetOf(canvas, width, height)
  for (let i = 0; i < width * height; i++) {
    const t = share(i)
    const color = t < 0 ? below : above
    for (let c = 0; c < 3; c++) sheet.data[4 * i + c] = PAPER[c] + Math.abs(t) * (color[c] - PAPER[c])
  }
  contextOf(canvas).putImageData(sheet, 0, 0)
}

function paintColors(canvas, width, height, level) {
  const sheet = sheetOf(canvas, width, height)
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) sheet.data[4 * i + c] = level(i, c)
  contextOf(canvas).putImageData(sheet, 0, 0)
}

function sheetOf(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  let sheet = sheets.get(canvas)
  if (sheet?.width !== width || sheet.height !== height) {
    sheet = contextOf(canvas).createImageData(width, height)
    for (let i = 3; i < sheet.data.length; i += 4) sheet.data[i] = 255
    sheets.set(canvas, sheet)
  }
  return sheet
}

// A line from edge to edge; with `clean` a bar from there to the line at every sample.
function paintTrace(canvas, { values, low, high }, clean) {
  const { clientWidth, clientHeight } = canvas
  const [width, height] = [clientWidth || 280, clientHeight || 140].map((size) => Math.round(size * devicePixelRatio))
  Object.assign(canvas, { width, height }) // empties it
  const ctx = contextOf(canvas)
  const line = 1.5 * devicePixelRatio
  const x = (i) => (i / Math.max(1, values.length - 1)) * width
  const y = (value) => line + (1 - (value - low) / (high - low)) * (height - 2 * line)
  if (clean) {
    const wide = Math.ceil(width / values.length) // whole pixels, without seams between them
    values.forEach((value, i) => {
      const [from, to] = [y(clean.values[i]), y(value)]
      ctx.fillStyle = `rgb(${(value > clean.values[i] ? TOO_BRIGHT : TOO_DARK).join()})`
      ctx.fillRect(Math.floor(x(i) - wide / 2), Math.min(from, to), wide, Math.abs(to - from))
    })
  }
  ctx.strokeStyle = getComputedStyle(canvas).color
  ctx.lineWidth = line
  ctx.lineJoin = "round"
  ctx.beginPath()
  for (let i = 0; i < values.length; i++) ctx.lineTo(x(i), y(values[i]))
  ctx.stroke()
}
