import { getBackend } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'

/** Backends whose tensors are in memory that JavaScript reads at once. */
const hosts = new Set(['cpu', 'wasm', 'native'])

/** Says whether the current backend gives a tensor's values without waiting for a device. */
export const readsAtOnce = (): boolean => hosts.has(getBackend())

/**
 * Checks that labels are class indices: whole numbers from 0 to classes − 1, or the one that does not count.
 *
 * @throws BackendError `INVALID_ARGUMENT` naming the first that is not
 */
export function checkLabels(
  labels: ArrayLike<number>,
  classes: number,
  ignoredLabel: number,
): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    if (label === ignoredLabel || (label >= 0 && label < classes && Number.isInteger(label))) {
      continue
    }
    throw new BackendError(
      'INVALID_ARGUMENT',
      `softmaxCrossEntropy: expected labels that are whole numbers from 0 to ${classes - 1}, or the ignored ` +
        `${ignoredLabel}, received ${label} at ${i}. Number the classes from 0, or give logits of more classes.`,
    )
  }
}
