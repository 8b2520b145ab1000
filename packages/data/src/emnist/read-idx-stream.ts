import { DataError } from '../errors/data-error.js'
import { parseIdxLabels } from '../formats/idx.js'

const side = 28
const pixels = side * side
const headerBytes = 16

/**
 * Reads the wanted images of an EMNIST image file as it streams by, turned upright: stored row r, column c
 * is the upright image's row c, column r. Only what is kept takes memory, and threads share it.
 *
 * @param wanted indices of images, ascending
 * @param count number of images that there have to be: one a label
 */
export async function readImages(
  stream: AsyncIterable<Buffer>,
  where: string,
  wanted: Uint32Array,
  count: number,
): Promise<Uint8Array> {
  const out = new Uint8Array(new SharedArrayBuffer(wanted.length * pixels))
  const expectedBytes = headerBytes + count * pixels
  let done = 0
  let kept = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (done === 0) {
      if (bytes.length < headerBytes) {
        rest = bytes
        continue
      }
      checkHeader(bytes, where, count)
      done = headerBytes
      bytes = bytes.subarray(headerBytes)
    }
    const whole = Math.floor(bytes.length / pixels)
    const first = (done - headerBytes) / pixels
    while (kept < wanted.length && (wanted[kept] as number) < first + whole) {
      const at = ((wanted[kept] as number) - first) * pixels
      transpose(bytes, at, out, kept * pixels)
      kept += 1
    }
    done += whole * pixels
    rest = bytes.subarray(whole * pixels)
  }
  if (done + rest.length !== expectedBytes || rest.length > 0) {
    throw bad(where, `${expectedBytes} bytes`, `${done + rest.length} bytes`)
  }
  return out
}

/** Reads a file of labels whole. */
export async function readLabels(
  stream: AsyncIterable<Buffer>,
  where: string,
): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return parseIdxLabels(Buffer.concat(chunks), where)
}

function checkHeader(bytes: Buffer, where: string, count: number): void {
  const [magic, found, height, width] = [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at))
  if (magic !== 0x00000803) {
    throw bad(where, 'magic number 0x00000803', `0x${magic?.toString(16).padStart(8, '0')}`)
  }
  if (height !== side || width !== side) {
    throw bad(where, `images of ${side}×${side}`, `${height}×${width}`)
  }
  if (found !== count) throw bad(where, `an image for each of ${count} labels`, `${found} images`)
}

function transpose(from: Uint8Array, at: number, to: Uint8Array, start: number): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      to[start + column * side + row] = from[at + row * side + column] as number
    }
  }
}

function bad(where: string, expected: string, received: string): DataError {
  return new DataError(
    'bad-file',
    `${where}: expected ${expected}, received ${received}. Remove the file and get it again.`,
  )
}
