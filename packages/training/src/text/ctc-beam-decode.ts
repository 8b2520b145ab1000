import { TrainingError } from '../training-error.js'
import type { CtcDecodeOptions } from './ctc-greedy-decode.js'
import { logAdd } from './log-add.js'
import { checkScores, logProbabilities, type LineScores } from './log-probabilities.js'

/** Options of `ctcBeamDecode`. */
export interface CtcBeamOptions extends CtcDecodeOptions {
  /** Texts that are followed at once. Defaults to 10. */
  beamWidth?: number
}

/** What a beam search found. */
export interface CtcBeamResult {
  /** Class indices of the text. */
  classes: number[]
  /** log of its probability, summed over the paths that the beam followed. */
  logProbability: number
}

/**
 * Reads one line by prefix beam search: follows the likeliest texts step by step, each with the summed probability of
 * all paths that spell it. With a beam wide enough to hold every text it finds the likeliest one.
 *
 * @param scores `[steps, classes]`, logits or log-probabilities
 * @throws TrainingError `INVALID_OPTION` for a beam of no width, `NON_FINITE_SCORES`
 * @see Hannun 2014, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs"
 */
export function ctcBeamDecode(
  scores: LineScores,
  classes: number,
  { beamWidth = 10, blank = 0 }: CtcBeamOptions = {},
): CtcBeamResult {
  if (!Number.isInteger(beamWidth) || beamWidth < 1) {
    throw new TrainingError(
      'INVALID_OPTION',
      `ctcBeamDecode: expected beamWidth as a whole number of at least 1, received ${beamWidth}. 10 is usual.`,
    )
  }
  checkScores('ctcBeamDecode', scores, classes)
  const logs = logProbabilities('ctcBeamDecode', scores, classes)
  const empty = new Prefix(undefined, -1)
  empty.endsInBlank = 0
  let beam = [empty]
  for (let from = 0; from < logs.length; from += classes) {
    beam = step(beam, logs.subarray(from, from + classes), blank, beamWidth)
  }
  const best = beam[0]!
  return { classes: best.spelled(), logProbability: best.total() }
}

/** A text, as the last character after another text, with the log-probability of its paths so far. */
class Prefix {
  endsInBlank = -Infinity
  endsInLast = -Infinity
  nextBlank = -Infinity
  nextLast = -Infinity
  /** Whether it is in the beam, or reached by this step. */
  isAlive = true
  #children: Map<number, Prefix> | undefined

  constructor(
    readonly parent: Prefix | undefined,
    readonly last: number,
  ) {}

  /** The text with one more character, where the search has come to it before. */
  child(character: number): Prefix | undefined {
    return this.#children?.get(character)
  }

  grow(character: number): Prefix {
    const child = new Prefix(this, character)
    this.#children ??= new Map()
    this.#children.set(character, child)
    return child
  }

  total(): number {
    return logAdd(this.endsInBlank, this.endsInLast)
  }

  advance(): void {
    this.endsInBlank = this.nextBlank
    this.endsInLast = this.nextLast
    this.nextBlank = this.nextLast = -Infinity
  }

  drop(): void {
    this.endsInBlank = this.endsInLast = -Infinity
    this.isAlive = false
  }

  spelled(): number[] {
    return this.parent ? [...this.parent.spelled(), this.last] : []
  }
}

function step(
  beam: readonly Prefix[],
  logs: Float64Array,
  blank: number,
  beamWidth: number,
): Prefix[] {
  let least = Infinity
  for (const prefix of beam) {
    prefix.nextBlank = prefix.total() + logs[blank]!
    if (prefix.parent) prefix.nextLast = prefix.endsInLast + logs[prefix.last]!
    least = Math.min(least, logAdd(prefix.nextBlank, prefix.nextLast))
  }
  // What stays bounds what can come in: a new text is reached from one other text alone.
  const bound = beam.length === beamWidth ? least : -Infinity
  const reached = [...beam]
  for (const prefix of beam) {
    const total = prefix.total()
    for (let c = 0; c < logs.length; c++) {
      if (c === blank) continue
      // The same character again takes a blank between.
      const score = (c === prefix.last ? prefix.endsInBlank : total) + logs[c]!
      let longer = prefix.child(c)
      if (!longer?.isAlive) {
        if (score < bound || score === -Infinity) continue
        longer ??= prefix.grow(c)
        longer.isAlive = true
        reached.push(longer)
      }
      longer.nextLast = logAdd(longer.nextLast, score)
    }
  }
  for (const prefix of reached) prefix.advance()
  const ranked = reached.map((prefix) => ({ prefix, total: prefix.total() }))
  ranked.sort((a, b) => b.total - a.total)
  for (const { prefix } of ranked.slice(beamWidth)) prefix.drop()
  return ranked.slice(0, beamWidth).map(({ prefix }) => prefix)
}
