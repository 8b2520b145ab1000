import { isUnread } from '../ops/unread-results.js'
import type { TapeNode } from './backward-pass.js'

/** Ops whose gradients read nothing of what they saved but its shape. */
const shapesOnly: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Sum',
  'Mean',
  'Concat',
  'PadV2',
  'Slice',
  'Reshape',
  'ExpandDims',
])

/**
 * Frees what a tape saved that no gradient will read: a residual sum keeps both its terms for their shapes, a fused op
 * its result for an activation that it may not have. A tensor that was disposed of still tells its shape.
 */
export function freeUnread(tape: readonly TapeNode[]): void {
  for (const { kernelName, outputs, saved } of tape) {
    const unread = new Set(outputs.filter(isUnread).map(({ dataId }) => dataId))
    for (const tensor of saved) {
      if (shapesOnly.has(kernelName) || unread.has(tensor.dataId)) tensor.dispose()
    }
  }
}
