import { BackendError } from '../backend-error.js'

export interface CtcBatch {
  /** `[batch, maxLength]` */
  labels: Int32Array
  /** `[batch]` */
  inputLengths: Int32Array
  /** `[batch]` */
  labelLengths: Int32Array
  steps: number
  classes: number
  maxLength: number
  blank: number
}

/** Checks the values of labels and lengths; shapes are right already. */
export function checkCtcBatch(batch: CtcBatch): void {
  const { labels, inputLengths, labelLengths, steps, classes, maxLength, blank } = batch
  for (let n = 0; n < labelLengths.length; n++) {
    checkLength('inputLengths', inputLengths[n]!, steps, n)
    checkLength('labelLengths', labelLengths[n]!, maxLength, n)
    for (let i = 0; i < labelLengths[n]!; i++) {
      const label = labels[n * maxLength + i]!
      if (label >= 0 && label < classes && label !== blank) continue
      const fix =
        label === blank
          ? 'The blank is no label: leave it out.'
          : 'Set labelLengths, or fill up by paddingLabel.'
      throw new BackendError(
        'INVALID_ARGUMENT',
        `ctcLoss: expected labels from 0 to ${classes - 1} other than the blank ${blank}, ` +
          `received ${label} at [${n}, ${i}]. ${fix}`,
      )
    }
  }
}

function checkLength(name: string, length: number, greatest: number, n: number): void {
  if (length >= 0 && length <= greatest) return
  throw new BackendError(
    'INVALID_ARGUMENT',
    `ctcLoss: expected ${name} from 0 to ${greatest}, received ${length} at [${n}]. ` +
      'A length counts elements of its own sequence.',
  )
}
