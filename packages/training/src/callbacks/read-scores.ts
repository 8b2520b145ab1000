import type { Batch } from '@ductus/data'
import { encodePng, type LoggedImage } from '../files/encode-png.js'
import { argMaxRows } from '../metrics/accuracy.js'
import { characterIndices } from '../text/decode-text.js'
import type { LineReading } from '../text/line-reader.js'

/** A class, or one a position for a line. */
type Reading = number | number[]

/** What scores say of one sample. */
export interface ReadSample {
  label: Reading
  prediction: Reading
  /** Score of the prediction, of a line the product over its positions. */
  score: number
}

/** Takes the first samples of a batch, as copies. */
export function firstRows(batch: Batch, samples: number): Batch {
  const { x, y, xShape, yShape, size } = batch
  return {
    x: x.slice(0, (x.length / size) * samples),
    xShape: [samples, ...xShape.slice(1)],
    y: y.slice(0, (y.length / size) * samples),
    yShape: [samples, ...yShape.slice(1)],
    size: samples,
  }
}

/** Reads scores `[batch, classes]` or `[batch, length, classes]`: the class with the highest one at each place. */
export function readScores(
  { values, shape }: { values: Float32Array; shape: readonly number[] },
  { y, size }: Batch,
): ReadSample[] {
  const classes = shape.at(-1)!
  const places = values.length / classes / size
  const best = argMaxRows(values, classes)
  const width = y.length / size
  return Array.from({ length: size }, (_, i) => {
    const own = best.subarray(i * places, (i + 1) * places)
    const scores = Array.from(own, (at, place) => values[(i * places + place) * classes + at]!)
    return {
      label: reading(y.subarray(i * width, (i + 1) * width)),
      prediction: reading(own),
      score: scores.reduce((product, score) => product * score, 1),
    }
  })
}

/** Puts what was read of lines as samples: classes of characters, without special tokens, on both sides. */
export function readTexts(
  readings: readonly LineReading[],
  { y, size }: Batch,
  names: readonly string[] = [],
): ReadSample[] {
  const width = y.length / size
  return readings.map(({ characters }, i) => ({
    label: characterIndices(y.subarray(i * width, (i + 1) * width), names),
    prediction: characters.map(({ index }) => index),
    score: characters.reduce((product, { confidence }) => product * confidence, 1),
  }))
}

/** Makes a picture of one sample `[height, width, 1 or 3]`, its darkest value black; undefined for other shapes. */
export function sampleImage({ x, xShape, size }: Batch, row: number): LoggedImage | undefined {
  const [, height, width, channels] = xShape
  if (height === undefined || width === undefined || xShape.length !== 4) return undefined
  if (channels !== 1 && channels !== 3) return undefined
  const own = x.subarray((x.length / size) * row, (x.length / size) * (row + 1))
  const low = own.reduce((least, value) => Math.min(least, value), Infinity)
  const high = own.reduce((most, value) => Math.max(most, value), -Infinity)
  const scale = high > low ? 255 / (high - low) : 0
  const pixels = Uint8Array.from(own, (value) => Math.round((value - low) * scale))
  return encodePng(pixels, [height, width, channels])
}

function reading(values: ArrayLike<number>): Reading {
  return values.length === 1 ? values[0]! : Array.from(values)
}
