import type { DataConfig } from '@ductus/data'
import type { Classifier, LineLoss, LineRecognizer, LossName } from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { learningSchedule } from '../commands/learning-schedule.js'
import { optimizerOptions } from '../commands/trainer-options.js'
import type { FitValues } from '../commands/trainer-options.js'
import { usageError } from '../errors/cli-error.js'
import { numberList } from '../options/number-list.js'
import { isLines, lineLosses } from './line-losses.js'

/** A training module that the command line makes: for single images, or for lines. */
export type LearningModule = Classifier | LineRecognizer

/**
 * Makes the module that trains a model as the options say: a line reader where the data are lines, else a classifier.
 *
 * @throws CliError when an option is not for such data
 */
export async function learningModule(
  model: LayersModel,
  config: DataConfig,
  values: FitValues,
): Promise<LearningModule> {
  const { Classifier, LineRecognizer } = await import('@ductus/training')
  checkLoss(config, values)
  const classWeights = classWeightsOf(config, values)
  const { optimizer, lr, labelSmoothing, loss, countPadding, beamWidth } = values
  const options = {
    ...(optimizer === undefined ? {} : { optimizer: optimizer as 'Adam' }),
    ...(lr === undefined ? {} : { lr }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    optimizerOptions: optimizerOptions(values),
    ...(await learningSchedule(values)),
  }
  if (isLines(config)) {
    return new LineRecognizer(model, {
      ...options,
      ...(loss === undefined ? {} : { loss: loss as LineLoss }),
      ...(countPadding === undefined ? {} : { countPadding }),
      ...(beamWidth === undefined ? {} : { beamWidth }),
      mapping: config.mapping,
    })
  }
  return new Classifier(model, {
    ...options,
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(loss === undefined ? {} : { loss: loss as LossName }),
  })
}

function checkLoss(
  config: DataConfig,
  { loss, countPadding, beamWidth, confusionMatrix }: FitValues,
): void {
  if (!isLines(config)) {
    const ofLines = [
      ...(loss === 'ctc' ? ['--loss ctc'] : []),
      ...(countPadding === true ? ['--count-padding'] : []),
      ...(beamWidth === undefined ? [] : ['--beam-width']),
    ]
    if (ofLines.length === 0) return
    throw usageError(
      `Option ${ofLines[0] ?? ''}: expected data of lines, such as EMNISTLines, received ${config.name}. Leave it out, or name such data.`,
    )
  }
  if (loss !== undefined && !lineLosses.includes(loss as LineLoss)) {
    throw usageError(
      `Option --loss: expected ${lineLosses.join(' or ')} for lines, received "${loss}". ` +
        'cross_entropy suits lines of one pitch, ctc any.',
    )
  }
  if (confusionMatrix === true) {
    throw usageError(
      `Option --confusion-matrix: expected data of single images, received ${config.name}. ` +
        'Leave it out; `ductus viz confusion` draws that of a run of one pitch.',
    )
  }
  if (loss === 'ctc' && countPadding === true) {
    throw usageError(
      'Option --count-padding: expected --loss cross_entropy, received ctc, which has no padding.',
    )
  }
}

/** Reads a weight a class, for the losses that know of such. */
function classWeightsOf(
  config: DataConfig,
  { classWeights, loss = 'cross_entropy' }: FitValues,
): number[] | undefined {
  if (classWeights === undefined) return undefined
  if (isLines(config) || (loss !== 'cross_entropy' && loss !== 'nll')) {
    throw usageError(
      `Option --class-weights: expected single images and --loss cross_entropy or nll, received ${
        isLines(config) ? config.name : `--loss ${loss}`
      }. Leave it out.`,
    )
  }
  const weights = numberList(classWeights, {
    name: 'class-weights',
    expected: 'numbers of at least 0, such as 1,1,2.5',
    holds: (weight) => weight >= 0,
  })
  if (weights.length === config.mapping.length) return weights
  throw usageError(
    `Option --class-weights: expected ${config.mapping.length} numbers, one a class, received ${weights.length}.`,
  )
}
