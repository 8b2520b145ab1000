import type { LineLabels } from '../modules/line-labels.js'
import type { LineReader } from '../text/line-reader.js'
import { argMaxRows } from './accuracy.js'
import { alignSequences } from '../text/edit-distance.js'
import type { HostValues } from './step-log.js'

/** How a batch of lines was read. */
export interface LineScore {
  /** Edits between the references and what was read. */
  edits: number
  /** Characters (or positions, with cross-entropy) that were read right. */
  right: number
  readings: LinePair[]
}

/** A line as it is, and as it was read. */
export interface LinePair {
  reference: string
  read: string
}

/** Options of `scoreLines`. */
export interface ScoreLinesOptions {
  /** Texts that a beam search follows; 1 reads greedily. */
  beamWidth: number
  /** Whether padding counts as a position. */
  countPadding: boolean
}

/** Reads a batch's logits `[lines, steps, classes]` and compares them with the labels. */
export function scoreLines(
  logits: HostValues,
  labels: LineLabels,
  reader: LineReader,
  { beamWidth, countPadding }: ScoreLinesOptions,
): LineScore {
  const size = logits.length / labels.lines
  let edits = 0
  let matches = 0
  const readings: LinePair[] = []
  for (let line = 0; line < labels.lines; line++) {
    const scores = logits.subarray(line * size, (line + 1) * size) as Float32Array
    const pair = { reference: labels.text(line), read: reader.text(scores, beamWidth) }
    const alignment = alignSequences(pair.reference, pair.read)
    edits += alignment.edits
    matches += alignment.matches
    readings.push(pair)
  }
  if (reader.loss === 'ctc') return { edits, right: matches, readings }
  const predicted = argMaxRows(logits, reader.mapping.length)
  return { edits, right: rightPositions(predicted, labels, countPadding), readings }
}

function rightPositions(
  predicted: ArrayLike<number>,
  { all, padding }: LineLabels,
  countPadding: boolean,
): number {
  let right = 0
  for (let i = 0; i < all.length; i++) {
    if (predicted[i] === all[i] && (countPadding || all[i] !== padding)) right++
  }
  return right
}
