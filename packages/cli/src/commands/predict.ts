import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel, storedModel } from '../checkpoints/restore-model.js'
import { failure } from '../errors/cli-error.js'
import type { Polarity } from '../image/background-colour.js'
import { prepareImage } from '../image/prepare-image.js'
import type { PreparedImage } from '../image/prepare-image.js'
import { readImage } from '../image/read-image.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { predictOptions } from '../options/checkpoint-options.js'
import { inkArt } from '../terminal/ink-art.js'
import { createPrinter } from '../terminal/printer.js'
import { startEngine } from './start-engine.js'

/** What was read in one image. */
interface Prediction {
  file: string
  label: string
  /** Best first. */
  top: { label: string; score: number }[]
}

/** Reads images with the network of a checkpoint; the checkpoint says how images are prepared. */
export async function predict({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof predictOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { readCheckpoint } = await import('@ductus/training')
  const checkpoint = await readCheckpoint(findCheckpoint(values.checkpoint, values))
  const { config } = storedModel(checkpoint).stored
  const { mapping, preprocessing } = config ?? checkpoint.manifest.data ?? {}
  if (!mapping || !preprocessing) {
    throw failure(`Checkpoint "${checkpoint.path}" does not say how its images were prepared.`)
  }
  const images: PreparedImage[] = []
  for (const file of args) {
    const polarity = (values.polarity ?? 'auto') as Polarity
    images.push(prepareImage(await readImage(file), preprocessing, polarity))
  }
  const choice = await startEngine(values, printer)
  const model = await restoreModel(checkpoint, values.model)
  const scores = await scoresOf(model, images, [
    preprocessing.height,
    preprocessing.width,
    preprocessing.channels,
  ])
  model.dispose()
  const predictions = args.map((file, i) =>
    ranked(file, scores[i] ?? [], mapping, values.topK ?? 3),
  )
  predictions.forEach((prediction, i) => {
    const image = images[i]
    if (values.show === true && image) printer.result(inkArt(image.ink))
    printer.result(line(prediction))
  })
  printer.json({
    status: 'completed',
    backend: choice.name,
    checkpoint: checkpoint.path,
    predictions,
  })
  return 0
}

type Model = Awaited<ReturnType<typeof restoreModel>>

/** Computes the probabilities of all classes for each image. */
async function scoresOf(
  model: Model,
  images: PreparedImage[],
  dims: number[],
): Promise<number[][]> {
  const tf = await import('@tensorflow/tfjs-core')
  const rows: number[][] = []
  const chunk = 128
  for (let i = 0; i < images.length; i += chunk) {
    const part = images.slice(i, i + chunk)
    const x = new Float32Array(part.length * (part[0]?.values.length ?? 0))
    part.forEach(({ values }, k) => x.set(values, k * values.length))
    const scores = tf.tidy(() => {
      const logits = model.apply(tf.tensor(x, [part.length, ...dims]), { training: false })
      return tf.softmax(logits as ReturnType<typeof tf.tensor>)
    })
    rows.push(...((await scores.array()) as number[][]))
    scores.dispose()
  }
  return rows
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

function line({ file, label, top }: Prediction): string {
  const scores = top.map((one) => `${one.label} ${(one.score * 100).toFixed(1)} %`)
  return `${file}: ${label}  (${scores.join(', ')})`
}
