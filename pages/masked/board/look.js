// Where a patch looks: attention as the network computed it, and as light on the picture.

/**
 * Mean attention of a patch over heads and blocks, in the network's last run: of the decoder for a hidden patch, of the
 * encoder for a visible one.
 * @param {any} model  a Network that lists `attend` and `masked`, see ui/live/tokens.js
 * @param {number} place  of the patch
 * @param {boolean} hidden
 * @param {number} count  of all patches
 * @returns {Float32Array}  (count), adding up to 1
 */
export function attentionOf(model, place, hidden, count) {
  const { layers, methods } = model.card.network
  const back = layers.findIndex(({ kind }) => kind === "masked") // behind it the decoder begins
  const blocks = layers.flatMap(({ kind, of }, i) => {
    if (kind !== "attend" || i > methods.forward_masked.gives.out) return []
    return (hidden ? i > back : of.length === 2) ? [i] : []
  })
  const sum = new Float32Array(count)
  for (const block of blocks) {
    const [heads] = layers[block].shape
    const values = model.value(block) // (heads, from, to)
    for (let head = 0; head < heads; head++) {
      for (let to = 0; to < count; to++) {
        sum[to] += values[(head * count + place) * count + to] / heads / blocks.length
      }
    }
  }
  return sum
}

const LOOK = [255, 176, 0] // where a patch looks, the more the stronger

/**
 * Attention as light on the patches of the picture, with a frame around the patch that looks.
 * @param {HTMLCanvasElement} canvas
 */
export function paintLook(canvas, x, [channels, height, width], weights, most, [rows, columns], place) {
  const fine = 4 // pixels of the canvas for one of the picture, so that a frame can be thin
  Object.assign(canvas, { width: fine * width, height: fine * height })
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  const sheet = context.createImageData(fine * width, fine * height)
  for (let i = 0; i < sheet.data.length / 4; i++) {
    const [row, column] = [Math.floor(i / (fine * width) / fine), Math.floor((i % (fine * width)) / fine)]
    const weight = weights[Math.floor((row * rows) / height) * columns + Math.floor((column * columns) / width)] / most
    for (let c = 0; c < 3; c++) {
      const own = 200 * x[((c % channels) * height + row) * width + column]
      sheet.data[4 * i + c] = own + 0.7 * weight * (LOOK[c] - own)
    }
    sheet.data[4 * i + 3] = 255
  }
  context.putImageData(sheet, 0, 0)
  context.strokeStyle = "#fff"
  context.lineWidth = fine / 2
  const [across, down] = [(fine * width) / columns, (fine * height) / rows]
  const [left, top] = [(place % columns) * across, Math.floor(place / columns) * down]
  context.strokeRect(left + fine / 4, top + fine / 4, across - fine / 2, down - fine / 2)
}
