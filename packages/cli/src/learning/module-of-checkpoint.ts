import type { DataConfig } from '@ductus/data'
import type { Checkpoint, LineLoss, LossName } from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { LearningModule } from './learning-module.js'
import { isLines } from './line-losses.js'

/** Options of the training module, as a checkpoint keeps them. */
interface KeptOptions {
  loss?: string
  countPadding?: boolean
  beamWidth?: number
}

/** Reads which loss a checkpoint was trained with; its scores are computed by it. */
export function lossOf(checkpoint: Checkpoint): LossName {
  return (keptOptions(checkpoint).loss ?? 'cross_entropy') as LossName
}

/** Makes the module that measures a checkpoint's model on such data, as it was trained. */
export async function moduleOfCheckpoint(
  checkpoint: Checkpoint,
  model: LayersModel,
  config: DataConfig,
  { beamWidth }: { beamWidth?: number | undefined },
): Promise<LearningModule> {
  const { Classifier, LineRecognizer } = await import('@ductus/training')
  if (!isLines(config)) return new Classifier(model, { loss: lossOf(checkpoint) })
  const kept = keptOptions(checkpoint)
  return new LineRecognizer(model, {
    loss: (kept.loss ?? 'cross_entropy') as LineLoss,
    countPadding: kept.countPadding ?? false,
    beamWidth: beamWidth ?? kept.beamWidth ?? 1,
    mapping: config.mapping,
  })
}

/** Makes what reads the outputs of a checkpoint's model, which was trained on lines, as text. */
export async function lineReaderOf(
  checkpoint: Checkpoint,
  mapping: readonly string[],
  beamWidth?: number,
) {
  const { LineReader } = await import('@ductus/training')
  const kept = keptOptions(checkpoint)
  return new LineReader({
    mapping,
    loss: (kept.loss ?? 'cross_entropy') as LineLoss,
    beamWidth: beamWidth ?? kept.beamWidth ?? 1,
  })
}

function keptOptions({ manifest }: Checkpoint): KeptOptions {
  return manifest.module.hparams
}
