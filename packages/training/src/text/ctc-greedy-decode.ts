import { argMaxRows } from '../metrics/accuracy.js'
import { checkScores, type LineScores } from './log-probabilities.js'

/** Options of the CTC decoders. */
export interface CtcDecodeOptions {
  /** Class that stands for "nothing here". Defaults to 0. */
  blank?: number
}

/**
 * Reads one line by the best class of each step: repeats merged, blanks dropped. Fast; the likeliest path, which need
 * not spell the likeliest text: see `ctcBeamDecode`.
 *
 * @param scores `[steps, classes]`, logits or log-probabilities
 * @returns class indices
 * @throws TrainingError `NON_FINITE_SCORES`
 */
export function ctcGreedyDecode(
  scores: LineScores,
  classes: number,
  { blank = 0 }: CtcDecodeOptions = {},
): number[] {
  checkScores('ctcGreedyDecode', scores, classes)
  return collapse(argMaxRows(scores, classes), blank)
}

/** What a path of classes spells: repeats merged, blanks dropped. */
export function collapse(path: ArrayLike<number>, blank: number): number[] {
  const spelled: number[] = []
  for (let t = 0; t < path.length; t++) {
    if (path[t] !== blank && path[t] !== path[t - 1]) spelled.push(path[t]!)
  }
  return spelled
}
