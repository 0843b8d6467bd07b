// Reads one of our checkpoints in the browser: the card in its header and its tensors, checked before anything runs.
// The same checks as aecore/checkpoints.py `load`; the format is described at github.com/huggingface/safetensors.

const FORMAT = 1 // aecore.checkpoints.FORMAT
const MAX_HEADER = 1_000_000 // bytes
const TYPES = {
  F32: { bytes: 4, torch: "torch.float32", read: (bytes) => new Float32Array(bytes) },
  F16: { bytes: 2, torch: "torch.float16", read: fromHalf },
  F8_E4M3: { bytes: 1, torch: "torch.float8_e4m3fn", read: fromQuarter },
  I64: { bytes: 8, torch: "torch.int64" }, // batch normalisation counts its batches: nothing here asks for them
}

/** A checkpoint that cannot be used; its message says why. */
export class CheckpointError extends Error {}

/**
 * Reads a checkpoint.
 * @param {ArrayBuffer} buffer  the whole .safetensors file
 * @returns {Promise<{card: any, shapes: Object<string, number[]>, tensors: Object<string, Float32Array>}>}
 *   card: as aecore.checkpoints.Card; shapes: of every tensor in the file; tensors: the float ones, in PyTorch's order
 * @throws {CheckpointError} truncated, altered, not finite or not one of ours
 */
export async function readCheckpoint(buffer) {
  const { header, start } = readHeader(buffer)
  const { __metadata__: metadata, ...entries } = header
  const card = readCard(metadata)
  const shapes = {}
  const tensors = {}
  for (const [name, entry] of Object.entries(entries)) {
    const bytes = bytesOf(buffer, start, name, entry)
    shapes[name] = entry.shape
    const { read } = TYPES[entry.dtype]
    if (!read) continue
    tensors[name] = read(bytes)
    if (!finite(tensors[name])) throw new CheckpointError(`${card.name}: ${name} is not finite`)
  }
  const sha256 = await digest(buffer, start, entries)
  if (sha256 !== null && sha256 !== card.sha256)
    throw new CheckpointError(`${card.name} was altered after it was saved`)
  return { card, shapes, tensors }
}

function readHeader(buffer) {
  const length = buffer.byteLength < 8 ? NaN : Number(new DataView(buffer).getBigUint64(0, true))
  if (!(length <= MAX_HEADER && 8 + length <= buffer.byteLength)) throw new CheckpointError("not a safetensors file")
  try {
    return { header: JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))), start: 8 + length }
  } catch {
    throw new CheckpointError("the header of the file is damaged")
  }
}

function readCard(metadata) {
  let card
  try {
    card = JSON.parse(metadata.card)
  } catch {
    throw new CheckpointError("the file carries no card")
  }
  if (card?.format !== FORMAT) throw new CheckpointError(`the file is of format ${card?.format}, not ${FORMAT}`)
  return card
}

/** A copy of one tensor's bytes; a copy, because a view must begin at a multiple of its type's size. */
function bytesOf(buffer, start, name, { dtype, shape, data_offsets: [begin, end] }) {
  const size = shape.reduce((a, b) => a * b, 1) * TYPES[dtype]?.bytes
  if (!(begin >= 0 && end - begin === size && start + end <= buffer.byteLength)) {
    throw new CheckpointError(`${name} does not lie inside the file, or has a type that we do not read`)
  }
  return buffer.slice(start + begin, start + end)
}

/** Whether all numbers are: a loop, since `every` calls a function for each of a million. */
function finite(numbers) {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false
  return true
}

/**
 * Numbers in half precision, IEEE 754's binary16, as they are in single; browsers' own Float16Array is too young. The
 * bits of one are those of a single that is smaller by 2^112, since exponents are counted from 15 in place of 127.
 */
export function fromHalf(bytes) {
  const halves = new Uint16Array(bytes)
  const singles = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]
    singles[i] = (half & 0x7c00) === 0x7c00 ? NOT_FINITE : ((half & 0x8000) << 16) | ((half & 0x7fff) << 13)
  }
  const numbers = new Float32Array(singles.buffer)
  for (let i = 0; i < numbers.length; i++) numbers[i] *= 2 ** 112
  return numbers
}

const NOT_FINITE = 0x7fc00000

/** Numbers of 8 bits, E4M3 of the Open Compute Project's 8-bit floats: 1 sign, 4 exponent and 3 digits, no infinity. */
function fromQuarter(bytes) {
  return Float32Array.from(new Uint8Array(bytes), (byte) => QUARTERS[byte])
}

const QUARTERS = Float32Array.from({ length: 256 }, (_, byte) => {
  if ((byte & 127) === 127) return NaN
  const exponent = (byte >> 3) & 15
  const size = (exponent ? (byte & 7) + 8 : byte & 7) * 2 ** (Math.max(exponent, 1) - 10)
  return byte & 128 ? -size : size
})

/** SHA-256 as aecore.checkpoints.digest; null where the page is not served securely and browsers offer no hash. */
async function digest(buffer, start, entries) {
  if (!globalThis.crypto?.subtle) return null
  const parts = Object.keys(entries)
    .sort()
    .flatMap((name) => {
      const {
        dtype,
        shape,
        data_offsets: [begin, end],
      } = entries[name]
      const size = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})` // as Python writes a tuple
      return [`${name} ${TYPES[dtype].torch} ${size}\n`, new Uint8Array(buffer, start + begin, end - begin)]
    })
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer())
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}
