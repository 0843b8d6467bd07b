// Kinds of layers that have no weights and no arithmetic on single numbers: they move pixels, channels and features, or
// pool neighbours. Pictures lie channels last: see layers.js.

export const size = (shape) => shape.reduce((a, b) => a * b, 1)

/** Throws unless two shapes are the same. @param {number[]} shape @param {number[]} expected */
export function expect(shape, expected) {
  if (shape.join() !== expected.join()) throw new Error(`it makes ${expected.join(" x ")}, not ${shape.join(" x ")}`)
}

/**
 * nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d (whose border counts as zeros).
 * @param {number} start  what joins with a number to that number
 * @param {(a: number, b: number) => number} join
 * @param {boolean} mean  of the joined numbers
 * @returns {import("./layers.js").Make}
 */
export function pool(start, join, mean) {
  return ({ shape, settings }, [from]) => {
    const [kernel, stride, padding] = plane(settings)
    const [channels, height, width] = picture(from)
    const [, rows, columns] = picture(shape)
    const side = (extent, i) => Math.floor((extent + 2 * padding[i] - kernel[i]) / stride[i]) + 1
    expect([...picture(shape)], [channels, side(height, 0), side(width, 1)])
    const out = new Float32Array(size(shape))
    const scale = mean ? 1 / size(kernel) : 1
    return (x) => {
      for (let row = 0, to = 0; row < rows; row++) {
        const top = row * stride[0] - padding[0]
        for (let column = 0; column < columns; column++) {
          const left = column * stride[1] - padding[1]
          for (let c = 0; c < channels; c++, to++) {
            let joined = start
            for (let i = Math.max(top, 0); i < Math.min(top + kernel[0], height); i++) {
              for (let j = Math.max(left, 0); j < Math.min(left + kernel[1], width); j++) {
                joined = join(joined, x[(i * width + j) * channels + c])
              }
            }
            out[to] = joined * scale
          }
        }
      }
      return out
    }
  }
}

/** F.max_pool2d(return_indices=True)[1]: of each maximum its place among the pixels, the first of several; see `pool`.
 * @type {import("./layers.js").Make} */
export function maxPlaces({ shape, settings }, [from]) {
  const [kernel, stride, padding] = plane(settings)
  const [channels, height, width] = picture(from)
  const [, rows, columns] = picture(shape)
  expect(shape, [
    channels,
    ...[height, width].map((side, i) => Math.floor((side + 2 * padding[i] - kernel[i]) / stride[i]) + 1),
  ])
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let row = 0, to = 0; row < rows; row++) {
      const top = row * stride[0] - padding[0]
      for (let column = 0; column < columns; column++) {
        const left = column * stride[1] - padding[1]
        for (let c = 0; c < channels; c++, to++) {
          let [most, place] = [-Infinity, 0]
          for (let i = Math.max(top, 0); i < Math.min(top + kernel[0], height); i++) {
            for (let j = Math.max(left, 0); j < Math.min(left + kernel[1], width); j++) {
              const value = x[(i * width + j) * channels + c]
              if (value > most) [most, place] = [value, i * width + j]
            }
          }
          out[to] = place
        }
      }
    }
    return out
  }
}

/** F.max_unpool2d: each number to its place, among zeros. @type {import("./layers.js").Make} */
export function maxUnpool({ shape }, [from, places]) {
  expect(places, from)
  expect(shape, [from[0], ...shape.slice(1)])
  const [channels] = shape
  const out = new Float32Array(size(shape))
  return (x, where) => {
    out.fill(0)
    for (let i = 0; i < x.length; ) for (let c = 0; c < channels; c++, i++) out[where[i] * channels + c] = x[i]
    return out
  }
}

/** nn.Upsample(mode="nearest"): each pixel becomes `factor` x `factor` of them. @type {import("./layers.js").Make} */
export function upsample({ shape, settings: { factor } }, [from]) {
  const [channels, height, width] = picture(from)
  expect(shape, [channels, ...from.slice(1).map((side) => factor * side)])
  const rows = from.length === 3 ? factor : 1
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let row = 0, to = 0; row < height * rows; row++) {
      const line = Math.floor(row / rows) * width
      for (let column = 0; column < width * factor; column++) {
        const pixel = (line + Math.floor(column / factor)) * channels
        for (let c = 0; c < channels; c++) out[to++] = x[pixel + c]
      }
    }
    return out
  }
}

/**
 * nn.PixelUnshuffle: (C, H, W) -> (factor^2 C, H / factor, W / factor), squares of pixels become channels; or the way
 * back, nn.PixelShuffle.
 * @param {boolean} folding
 * @returns {import("./layers.js").Make}
 */
export function fold(folding) {
  return ({ settings: { factor }, shape }, [from]) => {
    const [large, small] = folding ? [from, shape] : [shape, from]
    const [channels, height, width] = large
    expect(small, [factor ** 2 * channels, height / factor, width / factor])
    const places = new Int32Array(size(large)) // in the large picture, of each number of the small one
    let next = 0
    for (let row = 0; row < small[1]; row++) {
      for (let column = 0; column < small[2]; column++) {
        for (let c = 0; c < channels; c++) {
          for (let corner = 0; corner < factor ** 2; corner++) {
            const y = factor * row + Math.floor(corner / factor)
            places[next++] = (y * width + factor * column + (corner % factor)) * channels + c
          }
        }
      }
    }
    const out = new Float32Array(size(shape))
    if (folding) {
      return (x) => {
        for (let i = 0; i < places.length; i++) out[i] = x[places[i]]
        return out
      }
    }
    return (x) => {
      for (let i = 0; i < places.length; i++) out[places[i]] = x[i]
      return out
    }
  }
}

/** Tensor.flatten, unflatten, reshape: the numbers keep PyTorch's order, channels first. @type {import("./layers.js").Make} */
export function reshape({ shape }, [from]) {
  if (size(from) !== size(shape)) throw new Error(`${from.join(" x ")} does not make ${shape.join(" x ")}`)
  const [before, after] = [channelsFirst(from), channelsLast(shape)]
  return (x) => after(before(x))
}

/** Values from inside a network in PyTorch's order; without a copy where that is the same. */
export function channelsFirst(shape) {
  const [channels] = shape
  const pixels = size(shape) / channels
  if (channels === 1 || pixels === 1) return (x) => x
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let c = 0; c < channels; c++) for (let i = 0; i < pixels; i++) out[c * pixels + i] = x[i * channels + c]
    return out
  }
}

/** The way back: (C, H, W), (C, L) or (features) in PyTorch's order -> as it lies inside a network. */
export function channelsLast(shape) {
  const [channels] = shape
  const pixels = size(shape) / channels
  if (channels === 1 || pixels === 1) return (x) => x
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let c = 0; c < channels; c++) for (let i = 0; i < pixels; i++) out[i * channels + c] = x[c * pixels + i]
    return out
  }
}

/** Tensor.expand: one number a channel -> the same at all pixels. @type {import("./layers.js").Make} */
export function expand({ shape }, [from]) {
  const [channels] = shape
  if (size(from) !== channels || from[0] !== channels) throw new Error("it repeats more than one number a channel")
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let i = 0; i < out.length; ) for (let c = 0; c < channels; c++) out[i++] = x[c]
    return out
  }
}

/** F.one_hot: a label -> as many numbers as there are classes, a one among zeros. @type {import("./layers.js").Make} */
export function oneHot({ shape, settings: { classes } }) {
  expect(shape, [classes])
  const out = new Float32Array(classes)
  return (y) => {
    if (!(Number.isInteger(y) && y >= 0 && y < classes))
      throw new RangeError("a conditional network needs y, the class")
    out.fill(0)
    out[y] = 1
    return out
  }
}

/** torch.cat of channels or features. @type {import("./layers.js").Make} */
export function concat({ shape }, from) {
  const channels = from.map(([count]) => count)
  expect(shape, [channels.reduce((a, b) => a + b), ...from[0].slice(1)])
  for (const given of from) expect(given.slice(1), shape.slice(1))
  const pixels = size(shape.slice(1))
  const [total] = shape
  const out = new Float32Array(size(shape))
  return (...values) => {
    let first = 0
    values.forEach((x, part) => {
      const n = channels[part]
      for (let i = 0; i < pixels; i++) for (let c = 0; c < n; c++) out[i * total + first + c] = x[i * n + c]
      first += n
    })
    return out
  }
}

/** Some of the channels or features. @type {import("./layers.js").Make} */
export function slice({ shape, settings: { begin, end } }, [from]) {
  expect(shape, [end - begin, ...from.slice(1)])
  if (!(begin >= 0 && end <= from[0])) throw new Error("it cuts out more than there is")
  const [channels] = from
  const out = new Float32Array(size(shape))
  return (x) => {
    for (let i = begin, to = 0; to < out.length; i += channels) {
      for (let c = 0; c < end - begin; c++) out[to++] = x[i + c]
    }
    return out
  }
}

/** A signal (C, L) as a picture of one row, (C, 1, L). */
export const picture = (shape) => (shape.length === 2 ? [shape[0], 1, shape[1]] : shape)

/** Kernel, stride and padding for a picture, also from those of a signal. */
export function plane({ kernel, stride, padding }) {
  return kernel.length === 2
    ? [kernel, stride, padding]
    : [
        [1, ...kernel],
        [1, ...stride],
        [0, ...padding],
      ]
}
