import { argMaxRows } from '../metrics/accuracy.js'
import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'
import { ctcAlign } from './ctc-align.js'
import { ctcBeamDecode } from './ctc-beam-decode.js'
import { ctcGreedyDecode } from './ctc-greedy-decode.js'
import { decodeText } from './decode-text.js'
import { logProbabilities, type LineScores } from './log-probabilities.js'
import { isSpecialToken, specialTokens } from './special-tokens.js'

/** What a network that reads lines was trained with; its outputs are read accordingly. */
export type LineLoss = 'cross_entropy' | 'ctc'

/** All of them. */
export const lineLossNames: readonly LineLoss[] = ['cross_entropy', 'ctc']

/** One character that was read. */
export interface ReadCharacter {
  character: string
  /** Its class. */
  index: number
  /** Probability, 0 to 1: of its step, or the greatest of its steps with CTC. */
  confidence: number
  /** First and last step it was read at. Step s of S covers about that share of the line's width. */
  first: number
  last: number
}

/** One line that was read. */
export interface LineReading {
  text: string
  /** The text, character by character. */
  characters: ReadCharacter[]
}

/** Options of `LineReader`. */
export interface LineReaderOptions {
  /** Character of each class, special tokens among them. */
  mapping: readonly string[]
  /** What the network was trained with. Defaults to `cross_entropy`. */
  loss?: LineLoss
  /** Texts that CTC's beam search follows; 1 reads greedily. Defaults to 1. */
  beamWidth?: number
}

/**
 * Reads lines off a network's outputs. Special tokens are left out; so are blanks at the end of a line with
 * cross-entropy, where the paper beyond the text looks like spaces.
 */
export class LineReader {
  readonly mapping: readonly string[]
  readonly loss: LineLoss
  readonly beamWidth: number
  /** Class of CTC's blank; −1 where the mapping has none. */
  readonly blank: number

  /** @throws TrainingError for an unknown loss, a beam of no width, or a mapping that CTC can't do with */
  constructor({ mapping, loss = 'cross_entropy', beamWidth = 1 }: LineReaderOptions) {
    if (!lineLossNames.includes(loss)) {
      throw new TrainingError(
        'UNKNOWN_NAME',
        `Unknown loss "${String(loss)}" for lines. ${suggestName(String(loss), lineLossNames)}`,
      )
    }
    if (!Number.isInteger(beamWidth) || beamWidth < 1) {
      throw new TrainingError(
        'INVALID_OPTION',
        `LineReader: expected beamWidth as a whole number of at least 1, received ${beamWidth}. 1 reads greedily.`,
      )
    }
    this.mapping = mapping
    this.loss = loss
    this.beamWidth = beamWidth
    this.blank = mapping.indexOf(specialTokens.blank)
    if (loss === 'ctc' && this.blank < 0) {
      throw new TrainingError(
        'INVALID_OPTION',
        `LineReader: expected a mapping with ${specialTokens.blank}, the blank of CTC, received none. ` +
          'Add it as the first class, or train with loss: "cross_entropy".',
      )
    }
  }

  /** Reads one line's `[steps, classes]` scores, logits or logarithms of probabilities, as class indices. */
  indices(scores: LineScores, beamWidth = this.beamWidth): number[] {
    const { loss, blank, mapping } = this
    const classes = mapping.length
    if (loss === 'cross_entropy') return withoutEnd([...argMaxRows(scores, classes)], mapping)
    return beamWidth > 1
      ? ctcBeamDecode(scores, classes, { beamWidth, blank }).classes
      : ctcGreedyDecode(scores, classes, { blank })
  }

  /** Reads one line's scores as text. */
  text(scores: LineScores, beamWidth = this.beamWidth): string {
    return decodeText(this.indices(scores, beamWidth), this.mapping)
  }

  /** Reads one line's scores with the confidence and place of each character. */
  read(scores: LineScores): LineReading {
    const indices = this.indices(scores)
    const places = this.#places(scores, indices)
    const characters = indices.flatMap((index, i) => {
      const character = this.mapping[index]!
      return isSpecialToken(character) ? [] : [{ character, index, ...places[i]! }]
    })
    return { text: characters.map(({ character }) => character).join(''), characters }
  }

  /**
   * Reads a batch of lines of probabilities, as `Trainer.predict` gives them.
   *
   * @param shape `[lines, steps, classes]`
   */
  readAll({ values, shape }: { values: Float32Array; shape: readonly number[] }): LineReading[] {
    const [lines = 0] = shape
    const size = values.length / Math.max(1, lines)
    return Array.from({ length: lines }, (_, i) =>
      this.read(Float64Array.from(values.subarray(i * size, (i + 1) * size), Math.log)),
    )
  }

  #places(
    scores: LineScores,
    indices: readonly number[],
  ): { first: number; last: number; confidence: number }[] {
    const classes = this.mapping.length
    if (this.loss === 'ctc') return ctcAlign(scores, classes, indices, { blank: this.blank })
    const logs = logProbabilities('LineReader', scores, classes)
    return indices.map((index, step) => ({
      first: step,
      last: step,
      confidence: Math.exp(logs[step * classes + index]!),
    }))
  }
}

/** Leaves out special tokens and spaces at the end. */
function withoutEnd(indices: number[], mapping: readonly string[]): number[] {
  let end = indices.length
  const isNothing = (name: string | undefined): boolean => name === ' ' || isSpecialToken(name)
  while (end > 0 && isNothing(mapping[indices[end - 1]!])) end--
  return indices.slice(0, end)
}
