import { VizError } from '../viz-error.js'

/** An image as numbers, row by row, channels last: `[height, width, channels]`; 1 channel is grey, 3 are RGB. */
export interface PixelImage {
  readonly data: ArrayLike<number>
  readonly height: number
  readonly width: number
  /** Defaults to 1. */
  readonly channels?: number
}

/** The values painted darkest and brightest. */
export type PixelRange = readonly [low: number, high: number]

/** Checks that an image's numbers fill its shape; names the place otherwise. */
export function checkImage(image: PixelImage, where: string): void {
  const { height, width, channels = 1, data } = image
  for (const [name, value] of Object.entries({ height, width, channels })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new VizError(
        'image',
        `${where}: expected a ${name} of 1 or more, received ${value}. Pass the image's own shape.`,
      )
    }
  }
  if (data.length !== height * width * channels) {
    throw new VizError(
      'image',
      `${where}: expected ${height} × ${width} × ${channels} = ${height * width * channels} values, ` +
        `received ${data.length}. Check the shape and the layout [height, width, channels].`,
    )
  }
}

/** Takes one image out of a batch `[n, height, width, channels]` without copying typed arrays. */
export function imageAt(
  batch: { data: ArrayLike<number>; shape: readonly number[] },
  index: number,
): PixelImage {
  const [count = 0, height = 0, width = 0, channels = 1] = batch.shape
  if (batch.shape.length < 3 || !(index >= 0 && index < count)) {
    throw new VizError(
      'image',
      `Batch: expected an index below ${count} into [n, height, width, channels], ` +
        `received ${index} into [${batch.shape.join(', ')}].`,
    )
  }
  const size = height * width * channels
  const { data } = batch
  const part =
    ArrayBuffer.isView(data) && 'subarray' in data
      ? (data as unknown as Float32Array).subarray(index * size, (index + 1) * size)
      : Array.from({ length: size }, (_unused, i) => data[index * size + i] ?? 0)
  return { data: part, height, width, channels }
}

/**
 * Chooses the range that images are painted with: 0–255 for bytes, 0–1 where the values lie in it, and else from
 * the smallest finite value to the largest.
 */
export function rangeOf(images: readonly PixelImage[]): PixelRange {
  let low = Infinity
  let high = -Infinity
  let bytes = images.length > 0
  for (const { data } of images) {
    bytes &&= data instanceof Uint8Array || data instanceof Uint8ClampedArray
    for (let i = 0; i < data.length; i++) {
      const value = data[i] ?? 0
      if (value < low && value !== -Infinity) low = value
      if (value > high && value !== Infinity) high = value
    }
  }
  if (bytes) return [0, 255]
  if (low >= 0 && high <= 1) return [0, 1]
  return low <= high ? [low, high] : [0, 1]
}
