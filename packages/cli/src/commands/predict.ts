import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel, storedModel } from '../checkpoints/restore-model.js'
import { scoreImages } from '../checkpoints/score-images.js'
import { failure } from '../errors/cli-error.js'
import type { Polarity } from '../image/background-colour.js'
import { prepareImage } from '../image/prepare-image.js'
import type { PreparedImage } from '../image/prepare-image.js'
import { readImage } from '../image/read-image.js'
import { lossOf } from '../learning/module-of-checkpoint.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { predictOptions } from '../options/checkpoint-options.js'
import { inkArt } from '../terminal/ink-art.js'
import { createPrinter, type Printer } from '../terminal/printer.js'
import { predictLines, type TrainedNetwork } from './predict-lines.js'
import { startEngine } from './start-engine.js'

type Call = CommandCall<OptionValues<typeof predictOptions>>

/** What was read in one image. */
interface Prediction {
  file: string
  label: string
  /** Best first. */
  top: { label: string; score: number }[]
}

/** Reads pictures with the network of a checkpoint, which says how they are prepared: single images, or lines of text. */
export async function predict({ args, values, io }: Call): Promise<number> {
  const printer = createPrinter(io, values)
  const { readCheckpoint } = await import('@ductus/training')
  const checkpoint = await readCheckpoint(findCheckpoint(values.checkpoint, values))
  const { config } = storedModel(checkpoint).stored
  const { mapping, preprocessing } = config ?? checkpoint.manifest.data ?? {}
  if (!mapping || !preprocessing) {
    throw failure(`Checkpoint "${checkpoint.path}" does not say how its images were prepared.`)
  }
  const choice = await startEngine(values, printer)
  const model = await restoreModel(checkpoint, values.model)
  const trained = { checkpoint, model, mapping, preprocessing }
  const predictions =
    preprocessing.kind === 'line'
      ? await predictLines(args, trained, values, { io, printer })
      : await predictImages(args, trained, values, printer)
  model.dispose()
  printer.json({
    status: 'completed',
    backend: choice.name,
    checkpoint: checkpoint.path,
    predictions,
  })
  return 0
}

async function predictImages(
  files: readonly string[],
  { checkpoint, model, mapping, preprocessing }: TrainedNetwork,
  values: Call['values'],
  printer: Printer,
): Promise<Prediction[]> {
  const images: PreparedImage[] = []
  for (const file of files) {
    const polarity = (values.polarity ?? 'auto') as Polarity
    images.push(prepareImage(await readImage(file), preprocessing, polarity))
  }
  const loss = lossOf(checkpoint)
  const { height, width, channels } = preprocessing
  const inputs = images.map((image) => image.values)
  const scores = await scoreImages(model, inputs, [height, width, channels], loss)
  const predictions = files.map((file, i) =>
    ranked(file, scores[i] ?? [], mapping, values.topK ?? 3),
  )
  predictions.forEach((prediction, i) => {
    const image = images[i]
    if (values.show === true && image) printer.result(inkArt(image.ink))
    printer.result(line(prediction, loss === 'mse' || loss === 'huber'))
  })
  return predictions
}

function ranked(
  file: string,
  scores: number[],
  mapping: readonly string[],
  topK: number,
): Prediction {
  const top = scores
    .map((score, i) => ({ label: mapping[i] ?? String(i), score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, topK)
  return { file, label: top[0]?.label ?? '', top }
}

/** Outputs trained on ±1 targets are no probabilities: they are shown as they are. */
function line({ file, label, top }: Prediction, isPlain: boolean): string {
  const shown = (score: number) => (isPlain ? score.toFixed(3) : `${(score * 100).toFixed(1)} %`)
  const scores = top.map((one) => `${one.label} ${shown(one.score)}`)
  return `${file}: ${label}  (${scores.join(', ')})`
}
