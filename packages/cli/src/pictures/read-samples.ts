import type { LineReader, SampleScores, ScoreKind } from '@ductus/training'
import type { LineSample, PixelImage, Sample } from '@ductus/viz'
import { moduleOf, type OpenedRun } from './open-run.js'

/** What a network made of test samples. */
export interface Readings {
  /** Samples read. */
  count: number
  /** Samples there are. */
  total: number
  /** Classes by sample (of lines: by position, padding left out); empty where lines and readings don't align. */
  truths: number[]
  predictions: number[]
  /** Score of each prediction. */
  scores: number[]
  /** What the scores are. */
  scoreKind: ScoreKind
  /** The loss that the network was trained with, and its value over these samples. */
  lossName: string
  loss: number
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
  const { LineRecognizer, scoreSamples } = await import('@ductus/training')
  const module = await moduleOf({ checkpoint, model, config })
  await data.prepareData()
  await data.setup('test')
  const loader = data.testDataLoader()
  const reader = module instanceof LineRecognizer ? module.reader : undefined
  const [height, width, channels] = config.inputDims
  const size = height * width * channels
  const readings: Readings = {
    count: 0,
    total: loader.dataset.length,
    truths: [],
    predictions: [],
    scores: [],
    scoreKind: module.scoreKind,
    lossName: module.options.loss ?? 'cross_entropy',
    loss: Number.NaN,
    samples: [],
    worst: [],
    lines: [],
    texts: [],
  }
  let [sum, divisor] = [0, 0]
  for await (const batch of loader.batches(0)) {
    const count = Math.min(batch.size, limit - readings.count)
    const scored = await scoreSamples(module, batch)
    for (let i = 0; i < count; i++) {
      const image: PixelImage = {
        data: batch.x.slice(i * size, (i + 1) * size),
        height,
        width,
        channels,
      }
      sum += scored.losses?.[i] ?? 0
      divisor += scored.divisors?.[i] ?? 0
      const labels = batch.y.subarray(
        (i * batch.y.length) / batch.size,
        ((i + 1) * batch.y.length) / batch.size,
      )
      const one = { image, scored, index: i, of: batch.size }
      if (reader) addLine(readings, one, labels, reader, readings.lines.length < lines)
      else addSample(readings, one, labels[0] ?? 0, config.mapping)
    }
    readings.count += count
    if (readings.count >= limit) break
  }
  readings.loss = sum / divisor
  return readings
}

/** One sample of a batch that was scored. */
interface ScoredSample {
  image: PixelImage
  scored: SampleScores
  index: number
  of: number
}

/** Takes what belongs to one sample of values of a whole batch. */
function own<T extends Float32Array | Int32Array>(values: T, { index, of }: ScoredSample): T {
  const each = values.length / of
  return values.subarray(index * each, (index + 1) * each) as T
}

function addSample(
  readings: Readings,
  one: ScoredSample,
  label: number,
  mapping: readonly string[],
): void {
  const { scored, index } = one
  const prediction = scored.predictions[index] ?? 0
  const score = own(scored.scores, one)[prediction] ?? Number.NaN
  const loss = scored.losses?.[index] ?? Number.NaN
  readings.truths.push(label)
  readings.predictions.push(prediction)
  readings.scores.push(score)
  const sample: Sample = {
    image: one.image,
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
  one: ScoredSample,
  labels: ArrayLike<number>,
  reader: LineReader,
  isShown: boolean,
): void {
  const { mapping } = reader
  const { image } = one
  const logits = own(one.scored.outputs, one)
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
  const read = addPositions(readings, one, labels, mapping)
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
  one: ScoredSample,
  labels: ArrayLike<number>,
  mapping: readonly string[],
): string[] {
  const predictions = own(one.scored.predictions, one)
  const scores = own(one.scored.scores, one)
  return Array.from(labels, (label, position) => {
    const read = predictions[position] ?? 0
    if (mapping[label] !== '<P>') {
      readings.truths.push(label)
      readings.predictions.push(read)
      readings.scores.push(scores[position * mapping.length + read] ?? Number.NaN)
    }
    return mapping[read] ?? '?'
  })
}

const isSpecial = (character: string) => /^<[BSEP]>$/.test(character)
