import type { LineReader } from '@ductus/training'
import type { LineSample, PixelImage, Sample } from '@ductus/viz'
import type { Tensor } from '@tensorflow/tfjs-core'
import { isLines } from '../learning/line-losses.js'
import { lineReaderOf } from '../learning/module-of-checkpoint.js'
import type { OpenedRun } from './open-run.js'

/** What a network made of test samples. */
export interface Readings {
  /** Samples read. */
  count: number
  /** Samples there are. */
  total: number
  /** Classes by sample (of lines: by position, padding left out); empty where lines and readings don't align. */
  truths: number[]
  predictions: number[]
  /** Probability of each prediction. */
  confidences: number[]
  /** The first samples, and those with the highest loss. */
  samples: Sample[]
  worst: Sample[]
  /** Of lines: the first ones, with characters by position, or where they were read (CTC). */
  lines: LineSample[]
  /** Of lines: texts without padding. */
  texts: { truth: string; read: string }[]
}

const kept = { samples: 60, worst: 24, lines: 8 }

/**
 * Reads test samples with a run's network, `limit` at most, keeping images of the first and of the worst.
 *
 * @param lines how many lines' images are kept
 */
export async function readSamples(
  { checkpoint, model, data, config }: Pick<OpenedRun, 'checkpoint' | 'model' | 'data' | 'config'>,
  limit: number,
  lines = kept.lines,
): Promise<Readings> {
  const tf = await import('@tensorflow/tfjs-core')
  await data.prepareData()
  await data.setup('test')
  const loader = data.testDataLoader()
  const reader = isLines(config) ? await lineReaderOf(checkpoint, config.mapping) : undefined
  const [height, width, channels] = config.inputDims
  const size = height * width * channels
  const readings: Readings = {
    count: 0,
    total: loader.dataset.length,
    truths: [],
    predictions: [],
    confidences: [],
    samples: [],
    worst: [],
    lines: [],
    texts: [],
  }
  for await (const batch of loader.batches(0)) {
    const count = Math.min(batch.size, limit - readings.count)
    const outputs = tf.tidy(() => {
      const logits = model.apply(tf.tensor(batch.x, batch.xShape), { training: false }) as Tensor
      return reader ? logits : tf.softmax(logits)
    })
    const values = (await outputs.data()) as Float32Array
    outputs.dispose()
    for (let i = 0; i < count; i++) {
      const image: PixelImage = {
        data: batch.x.slice(i * size, (i + 1) * size),
        height,
        width,
        channels,
      }
      const each = values.length / batch.size
      const scores = values.subarray(i * each, (i + 1) * each)
      const labels = batch.y.subarray(
        (i * batch.y.length) / batch.size,
        ((i + 1) * batch.y.length) / batch.size,
      )
      if (reader) addLine(readings, image, scores, labels, reader, readings.lines.length < lines)
      else addSample(readings, image, scores, labels[0] ?? 0, config.mapping)
    }
    readings.count += count
    if (readings.count >= limit) break
  }
  return readings
}

function addSample(
  readings: Readings,
  image: PixelImage,
  scores: Float32Array,
  label: number,
  mapping: readonly string[],
): void {
  const prediction = best(scores)
  const score = scores[prediction] ?? 0
  const loss = -Math.log(Math.max(scores[label] ?? 0, 1e-30))
  readings.truths.push(label)
  readings.predictions.push(prediction)
  readings.confidences.push(score)
  const sample: Sample = {
    image,
    label: mapping[label] ?? String(label),
    prediction: mapping[prediction] ?? String(prediction),
    score,
  }
  if (readings.samples.length < kept.samples) readings.samples.push(sample)
  const { worst } = readings
  const place = worst.findIndex((one) => loss > (one.loss ?? 0))
  if (place >= 0 || worst.length < kept.worst) {
    worst.splice(place < 0 ? worst.length : place, 0, { ...sample, loss })
    worst.length = Math.min(worst.length, kept.worst)
  }
}

function addLine(
  readings: Readings,
  image: PixelImage,
  logits: Float32Array,
  labels: ArrayLike<number>,
  reader: LineReader,
  isShown: boolean,
): void {
  const { mapping } = reader
  const label = Array.from(labels, (index) => mapping[index] ?? '?')
  const truth = label.filter((character) => !isSpecial(character)).join('')
  const { text, characters } = reader.read(logits)
  readings.texts.push({ truth, read: text })
  if (reader.loss === 'ctc') {
    const pixels = image.width / (logits.length / mapping.length)
    if (!isShown) return
    readings.lines.push({
      image,
      label: [...truth],
      labelAt: evenly(image, truth.length),
      prediction: characters.map(({ character }) => character),
      predictionAt: characters.map(({ first, last }) => ((first + last + 1) / 2) * pixels),
    })
    return
  }
  const read = addPositions(
    readings,
    logits,
    label.map((one) => mapping.indexOf(one)),
    mapping,
  )
  if (isShown) readings.lines.push({ image, label, prediction: read })
}

/** Places characters of one pitch, which nobody knows, from the first column to where the ink ends. */
function evenly({ data, width, height }: PixelImage, count: number): number[] {
  const isBlank = (x: number) =>
    Array.from({ length: height }, (_, y) => data[y * width + x] ?? 0).every((ink) => ink < 0.2)
  let end = width
  while (end > 28 && isBlank(end - 1)) end--
  const pitch = count > 1 ? (Math.min(width, end + 4) - 28) / (count - 1) : 0
  return Array.from({ length: count }, (_, i) => 14 + i * pitch)
}

/** Counts a line read position by position, padding left out; gives what was read at each. */
function addPositions(
  readings: Readings,
  logits: Float32Array,
  labels: readonly number[],
  mapping: readonly string[],
): string[] {
  const classes = mapping.length
  return labels.map((label, position) => {
    const scores = logits.subarray(position * classes, (position + 1) * classes)
    const read = best(scores)
    if (mapping[label] !== '<P>') {
      readings.truths.push(label)
      readings.predictions.push(read)
      readings.confidences.push(
        1 / scores.reduce((sum, score) => sum + Math.exp(score - (scores[read] ?? 0)), 0),
      )
    }
    return mapping[read] ?? '?'
  })
}

const isSpecial = (character: string) => /^<[BSEP]>$/.test(character)

function best(scores: Float32Array): number {
  let at = 0
  for (let i = 1; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[at] ?? 0)) at = i
  return at
}
