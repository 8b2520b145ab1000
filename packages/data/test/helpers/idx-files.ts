import { gzipSync } from 'node:zlib'

/** Makes the bytes of an IDX file of images; pixel p of image i is (i · 7 + p) mod 256 unless given. */
export function idxImages(
  count: number,
  options: { height?: number; width?: number; magic?: number; pixel?: (i: number) => number } = {},
): Buffer {
  const { height = 28, width = 28, magic = 0x00000803 } = options
  const size = height * width
  const bytes = Buffer.alloc(16 + count * size)
  ;[magic, count, height, width].forEach((word, i) => bytes.writeUInt32BE(word, i * 4))
  const pixel = options.pixel ?? ((i) => Math.floor(i / size) * 7 + (i % size))
  for (let i = 0; i < count * size; i++) bytes[16 + i] = pixel(i) & 255
  return bytes
}

/** Makes the bytes of an IDX file of labels; label i is i mod 10 unless given. */
export function idxLabels(
  count: number,
  options: { magic?: number; label?: (i: number) => number } = {},
): Buffer {
  const bytes = Buffer.alloc(8 + count)
  bytes.writeUInt32BE(options.magic ?? 0x00000801, 0)
  bytes.writeUInt32BE(count, 4)
  for (let i = 0; i < count; i++) bytes[8 + i] = (options.label ?? ((n) => n % 10))(i)
  return bytes
}

/** Makes a small data set in MNIST's layout: its four files, gzipped, by name. */
export function mnistFiles(
  parts: Partial<Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', Buffer>> = {},
): Record<string, Buffer> {
  return {
    'train-images-idx3-ubyte.gz': gzipSync(parts.trainImages ?? idxImages(60)),
    'train-labels-idx1-ubyte.gz': gzipSync(parts.trainLabels ?? idxLabels(60)),
    't10k-images-idx3-ubyte.gz': gzipSync(parts.testImages ?? idxImages(20)),
    't10k-labels-idx1-ubyte.gz': gzipSync(parts.testLabels ?? idxLabels(20)),
  }
}
