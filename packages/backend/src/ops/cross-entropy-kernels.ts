import {
  add,
  cast,
  equal,
  expandDims,
  logSoftmax,
  mul,
  notEqual,
  range,
  sub,
  softmax,
  sum,
  tensor1d,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { checkLabels, readsAtOnce } from './check-labels.js'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

export interface CrossEntropyAttributes {
  smoothing: number
  /** A weight for each class, or null for 1 each. */
  weights: readonly number[] | null
  /** Label of rows that do not count. */
  ignoredLabel: number
}

/** A loss for each row of `logits [rows, classes]`, given `labels [rows]` of type int32. */
export const crossEntropyKernel: FusedKernel = {
  name: 'DuctusCrossEntropy',
  compose: ({ logits, labels }, attributes: CrossEntropyAttributes) => {
    const classes = logits!.shape[1]!
    if (readsAtOnce()) checkLabels(labels!.dataSync(), classes, attributes.ignoredLabel)
    const target = targets(labels!, classes, attributes)
    const logProbability = logSoftmax(logits!)
    // An impossible class has −∞, which must not meet the 0 of its target.
    const terms = where(notEqual(target, 0), mul(target, logProbability), zerosLike(logProbability))
    return sub(0, sum(terms, 1))
  },
  gradient: {
    inputsToSave: ['logits', 'labels'],
    gradFunc: (dy, saved, attributes) => {
      const [logits, labels] = saved as [Tensor, Tensor]
      return {
        logits: () =>
          runKernel<Tensor>(
            'DuctusCrossEntropyGradient',
            { logits, labels, dy: dy as Tensor },
            attributes,
          ),
        labels: () => zerosLike(cast(labels, 'float32')),
      }
    },
  },
}

/** Gradient of the losses with respect to the logits. */
export const crossEntropyGradientKernel: FusedKernel = {
  name: 'DuctusCrossEntropyGradient',
  compose: ({ logits, labels, dy }, attributes: CrossEntropyAttributes) => {
    const target = targets(labels!, logits!.shape[1]!, attributes)
    const total = sum(target, 1, true)
    return mul(expandDims(dy!, 1), sub(mul(softmax(logits!), total), target))
  },
}

/** What −log p of each class counts: the label's share, and a little of every class when labels are smoothed. */
function targets(labels: Tensor, classes: number, attributes: CrossEntropyAttributes): Tensor {
  const { smoothing, weights, ignoredLabel } = attributes
  const indices = range(0, classes, 1, 'int32')
  const hard: Tensor = cast(equal(expandDims(labels, 1), indices), 'float32')
  const soft = smoothing > 0 ? add(mul(hard, 1 - smoothing), smoothing / classes) : hard
  const weighted = weights ? mul(soft, tensor1d([...weights])) : soft
  const counted = cast(notEqual(labels, ignoredLabel), 'float32')
  return mul(weighted, expandDims(counted, 1))
}
