import type { EvaluationResult } from '@ductus/training'
import { relative } from 'node:path'
import { confusionTable } from '../terminal/confusion-table.js'
import type { Printer } from '../terminal/printer.js'
import { metricsText } from '../terminal/progress-text.js'

/** Classes beyond which the matrix no longer fits a terminal. */
const mostClasses = 30

/** Prints what a validation or a test found: its means, and the confusion matrix of a classifier. */
export function printEvaluation(
  title: string,
  { metrics, samples, confusion }: EvaluationResult,
  mapping: readonly string[],
  printer: Printer,
): void {
  printer.result(`${title}: ${metricsText(metrics)} (${samples.toLocaleString('en-US')} samples)`)
  if (!confusion) return
  if (confusion.length <= mostClasses) printer.result(confusionTable(confusion, mapping))
  else printer.result(`The confusion matrix of ${confusion.length} classes is too wide to print.`)
}

/** Writes a path as it is from here, where that is shorter. */
export function shownPath(path: string): string {
  const from = relative(process.cwd(), path)
  return from !== '' && from.length < path.length ? from : path
}
