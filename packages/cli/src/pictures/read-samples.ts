import type { PixelImage, Sample } from '@ductus/viz'
import type { Tensor } from '@tensorflow/tfjs-core'
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
  /** Of lines: the first ones, with characters by position. */
  lines: { image: PixelImage; label: string[]; prediction: string[] }[]
  /** Of lines: texts without padding. */
  texts: { truth: string; read: string }[]
}

const kept = { samples: 60, worst: 24, lines: 8 }

/** Reads test samples with a run's network, `limit` at most, keeping images of the first and of the worst. */
export async function readSamples(
  { model, data, config }: Pick<OpenedRun, 'model' | 'data' | 'config'>,
  limit: number,
): Promise<Readings> {
  const tf = await import('@tensorflow/tfjs-core')
  await data.prepareData()
  await data.setup('test')
  const loader = data.testDataLoader()
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
    const probabilities = tf.tidy(() =>
      tf.softmax(model.apply(tf.tensor(batch.x, batch.xShape), { training: false }) as Tensor),
    )
    const values = (await probabilities.data()) as Float32Array
    const { shape } = probabilities
    probabilities.dispose()
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
      if (shape.length === 3)
        addLine(readings, image, scores, shape[2] ?? 1, labels, config.mapping)
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
  scores: Float32Array,
  classes: number,
  labels: ArrayLike<number>,
  mapping: readonly string[],
): void {
  const steps = scores.length / classes
  const read = Array.from({ length: steps }, (_, s) =>
    best(scores.subarray(s * classes, (s + 1) * classes)),
  )
  const padding = mapping.indexOf('<P>')
  const aligned = steps === labels.length
  if (aligned) {
    for (let s = 0; s < steps; s++) {
      const label = labels[s] ?? 0
      if (label === padding) continue
      readings.truths.push(label)
      readings.predictions.push(read[s] ?? 0)
      readings.confidences.push(scores[s * classes + (read[s] ?? 0)] ?? 0)
    }
  }
  const character = (index: number) => mapping[index] ?? '?'
  const silent = new Set(['<B>', '<S>', '<E>', '<P>'].map((token) => mapping.indexOf(token)))
  // CTC: what repeats is one, and the blank parts
  const spoken = aligned ? read : read.filter((value, s) => s === 0 || value !== read[s - 1])
  const text = (list: readonly number[]) =>
    list
      .filter((value) => !silent.has(value))
      .map(character)
      .join('')
  const truth = Array.from(labels)
  readings.texts.push({ truth: text(truth), read: text(spoken) })
  if (readings.lines.length < kept.lines) {
    readings.lines.push({ image, label: truth.map(character), prediction: read.map(character) })
  }
}

function best(scores: Float32Array): number {
  let at = 0
  for (let i = 1; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[at] ?? 0)) at = i
  return at
}
