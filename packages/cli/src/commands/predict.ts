import type { Classifier } from '@ductus/training'
import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel, storedModel } from '../checkpoints/restore-model.js'
import { scoreInputs } from '../checkpoints/score-inputs.js'
import { failure } from '../errors/cli-error.js'
import type { Polarity } from '../image/background-colour.js'
import { prepareImage } from '../image/prepare-image.js'
import type { PreparedImage, Preprocessing } from '../image/prepare-image.js'
import { readImage } from '../image/read-image.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { predictOptions } from '../options/checkpoint-options.js'
import { inkArt } from '../terminal/ink-art.js'
import { createPrinter, type Printer } from '../terminal/printer.js'
import { predictLines } from './predict-lines.js'
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
  const { LineRecognizer, readCheckpoint, restoreModule } = await import('@ductus/training')
  const checkpoint = await readCheckpoint(await findCheckpoint(values.checkpoint, values))
  const { stored } = storedModel(checkpoint)
  const { mapping, preprocessing } = stored.config ?? checkpoint.manifest.data ?? {}
  if (!mapping || !preprocessing) {
    throw failure(`Checkpoint "${checkpoint.path}" does not say how its images were prepared.`)
  }
  const choice = await startEngine(values, printer)
  const model = await restoreModel(checkpoint, values.model)
  const { beamWidth } = values
  const config = { mapping, preprocessing }
  const module = restoreModule(checkpoint, model, { config, beamWidth })
  const predictions =
    module instanceof LineRecognizer
      ? await predictLines(args, { module, preprocessing }, values, { io, printer })
      : await predictImages(args, { module, ...config }, values, printer)
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
  {
    module,
    mapping,
    preprocessing,
  }: { module: Classifier; mapping: readonly string[]; preprocessing: Preprocessing },
  values: Call['values'],
  printer: Printer,
): Promise<Prediction[]> {
  const images: PreparedImage[] = []
  for (const file of files) {
    const polarity = (values.polarity ?? 'auto') as Polarity
    images.push(prepareImage(await readImage(file), preprocessing, polarity))
  }
  const { height, width, channels } = preprocessing
  const inputs = images.map((image) => image.values)
  const scored = await scoreInputs(module, inputs, [height, width, channels])
  const predictions = files.map((file, i) =>
    ranked(file, scored[i]?.scores ?? [], mapping, values.topK ?? 3),
  )
  predictions.forEach((prediction, i) => {
    const image = images[i]
    if (values.show === true && image) printer.result(inkArt(image.ink))
    printer.result(line(prediction, module.scoreKind === 'score'))
  })
  return predictions
}

function ranked(
  file: string,
  scores: ArrayLike<number>,
  mapping: readonly string[],
  topK: number,
): Prediction {
  const top = Array.from(scores)
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
