import type { LineLoss } from '../text/line-reader.js'
import { TrainingError } from '../training-error.js'
import type { LearningOptions } from './learning-options.js'

/** Options of `LineRecognizer`. */
export interface LineRecognizerOptions extends LearningOptions {
  /**
   * `cross_entropy`: a step is a character, for lines of one pitch. `ctc`: more steps than characters, for any pitch.
   * Defaults to `cross_entropy`.
   */
  loss?: LineLoss
  /** Whether cross-entropy and accuracy count padding like any character, as the lab's do. Defaults to false. */
  countPadding?: boolean
  /** Texts that CTC's beam search follows in validation, test and prediction; 1 reads greedily. Defaults to 1. */
  beamWidth?: number
  /** Whether lines that are too long for CTC's steps count as 0, rather than be an error. Defaults to false. */
  zeroInfinity?: boolean
  /** Share of cross-entropy's target spread over all classes, 0 to 1. Defaults to 0. */
  labelSmoothing?: number
  /** Character of each class, special tokens among them. Defaults to the mapping of the model's config. */
  mapping?: readonly string[]
}

/** Refuses padding that counts where there is none. */
export function checkPadding(loss: LineLoss, countPadding: boolean): void {
  if (countPadding && loss === 'ctc') {
    throw new TrainingError(
      'INVALID_OPTION',
      'LineRecognizer: expected countPadding with loss: "cross_entropy", received it with "ctc", which has no ' +
        'padding. Leave one of them out.',
    )
  }
}
