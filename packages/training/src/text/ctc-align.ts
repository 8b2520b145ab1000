import { logProbabilities, type LineScores } from './log-probabilities.js'
import type { CtcDecodeOptions } from './ctc-greedy-decode.js'

/** Where one character of a text was read. */
export interface AlignedCharacter {
  /** First and last step of it on the likeliest path. */
  first: number
  last: number
  /** Greatest probability that those steps give it, 0 to 1. */
  confidence: number
}

/**
 * Finds at which steps each character of a text stands, on the likeliest of the paths that spell the text.
 *
 * @param scores `[steps, classes]`, logits or log-probabilities
 * @param text class indices without blanks, not more than the steps have room for
 */
export function ctcAlign(
  scores: LineScores,
  classes: number,
  text: readonly number[],
  { blank = 0 }: CtcDecodeOptions = {},
): AlignedCharacter[] {
  const logs = logProbabilities('ctcAlign', scores, classes)
  const steps = logs.length / classes
  const states = 2 * text.length + 1
  const symbol = (state: number): number => (state % 2 ? text[state >> 1]! : blank)
  // How many states the likeliest path to (step, state) came up by: 0, 1 or 2.
  const climbed = new Uint8Array(steps * states)
  let best = new Float64Array(states).fill(-Infinity)
  for (let t = 0; t < steps; t++) {
    const next = new Float64Array(states)
    for (let s = 0; s < states; s++) {
      const skips = s % 2 === 1 && s >= 2 && symbol(s) !== symbol(s - 2)
      let climb = 0
      if (t > 0 && s >= 1 && best[s - 1]! > best[s]!) climb = 1
      if (t > 0 && skips && best[s - 2]! > best[s - climb]!) climb = 2
      const from = t > 0 ? best[s - climb]! : s < 2 ? 0 : -Infinity
      next[s] = from + logs[t * classes + symbol(s)]!
      climbed[t * states + s] = climb
    }
    best = next
  }
  const aligned = text.map(() => ({ first: steps, last: -1, confidence: 0 }))
  let state = states > 1 && best[states - 2]! > best[states - 1]! ? states - 2 : states - 1
  for (let t = steps - 1; t >= 0; t--) {
    const character = state % 2 ? aligned[state >> 1] : undefined
    if (character) {
      character.first = t
      if (character.last < 0) character.last = t
      const p = Math.exp(logs[t * classes + symbol(state)]!)
      character.confidence = Math.max(character.confidence, p)
    }
    state -= climbed[t * states + state]!
  }
  return aligned
}
