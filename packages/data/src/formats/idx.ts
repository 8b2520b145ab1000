import { DataError } from '../errors/data-error.js'

/** Holds the images of an IDX file, one byte a pixel, row by row. */
export interface IdxImages {
  count: number
  height: number
  width: number
  pixels: Uint8Array
}

const imageMagic = 0x00000803
const labelMagic = 0x00000801

/**
 * Reads an IDX file of images: big-endian magic 0x00000803, count, rows, columns, then bytes (LeCun's MNIST format).
 * `where` names the file in errors. Throws when magic, sizes or length are not what they have to be.
 */
export function parseIdxImages(
  bytes: Uint8Array,
  where: string,
  expected?: { height: number; width: number },
): IdxImages {
  const view = header(bytes, where, imageMagic, 16)
  const [count, height, width] = [view.getUint32(4), view.getUint32(8), view.getUint32(12)]
  if (expected !== undefined && (height !== expected.height || width !== expected.width)) {
    throw bad(where, `images of ${expected.height}×${expected.width}`, `${height}×${width}`)
  }
  checkLength(bytes, where, 16 + count * height * width)
  return { count, height, width, pixels: bytes.subarray(16) }
}

/** Reads an IDX file of labels: big-endian magic 0x00000801, count, then one byte a label. */
export function parseIdxLabels(bytes: Uint8Array, where: string): Uint8Array {
  const view = header(bytes, where, labelMagic, 8)
  checkLength(bytes, where, 8 + view.getUint32(4))
  return bytes.subarray(8)
}

/** Throws unless there is a label for each image and each label is below `classes`. */
export function checkPairing(
  images: IdxImages,
  labels: Uint8Array,
  where: { images: string; labels: string },
  classes: number,
): void {
  if (labels.length !== images.count) {
    throw bad(
      where.labels,
      `a label for each of the ${images.count} images of ${where.images}`,
      `${labels.length} labels`,
    )
  }
  for (const label of labels) {
    if (label >= classes) throw bad(where.labels, `labels from 0 to ${classes - 1}`, String(label))
  }
}

function header(bytes: Uint8Array, where: string, magic: number, length: number): DataView {
  if (bytes.length < length) {
    throw bad(where, `an IDX header of ${length} bytes`, `${bytes.length} bytes in all`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = view.getUint32(0)
  if (found !== magic) throw bad(where, `magic number ${hex(magic)}`, hex(found))
  return view
}

function checkLength(bytes: Uint8Array, where: string, expected: number): void {
  if (bytes.length !== expected) {
    throw bad(where, `${expected} bytes by its header`, `${bytes.length} bytes`)
  }
}

function bad(where: string, expected: string, received: string): DataError {
  return new DataError(
    'bad-file',
    `${where}: expected ${expected}, received ${received}. Remove the file and get it again.`,
  )
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
