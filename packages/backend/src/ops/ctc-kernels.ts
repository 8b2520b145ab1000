import { mul, reshape, tensor, zerosLike, cast } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { checkCtcBatch } from './check-ctc-batch.js'
import { ctcSequence } from './ctc-sequence.js'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

export interface CtcAttributes {
  blank: number
  zeroInfinity: boolean
}

/**
 * `[losses, gradient]` of `logits [batch, steps, classes]`, given `labels [batch, maxLength]` and the lengths `[batch]`
 * of both. The gradient is for a loss gradient of 1 each; it falls out of the same tables as the loss.
 */
export const ctcLossKernel: FusedKernel = {
  name: 'DuctusCtcLoss',
  compose: (inputs, { blank, zeroInfinity }: CtcAttributes) => {
    const logits = inputs['logits']!
    const [batch, steps, classes] = logits.shape as [number, number, number]
    const integers = (name: string): Int32Array => inputs[name]!.dataSync<'int32'>()
    const labels = integers('labels')
    const inputLengths = integers('inputLengths')
    const labelLengths = integers('labelLengths')
    const maxLength = inputs['labels']!.shape[1]!
    checkCtcBatch({ labels, inputLengths, labelLengths, steps, classes, maxLength, blank })
    const values = logits.dataSync<'float32'>()
    const losses = new Float32Array(batch)
    const gradient = new Float32Array(values.length)
    for (let n = 0; n < batch; n++) {
      const first = n * steps * classes
      const loss = ctcSequence({
        logits: values.subarray(first, first + inputLengths[n]! * classes),
        labels: labels.subarray(n * maxLength, n * maxLength + labelLengths[n]!),
        classes,
        blank,
        gradient: gradient.subarray(first, first + inputLengths[n]! * classes),
      })
      losses[n] = zeroInfinity && loss === Infinity ? 0 : loss
    }
    return [tensor(losses, [batch]), tensor(gradient, logits.shape)]
  },
  gradient: {
    inputsToSave: ['labels', 'inputLengths', 'labelLengths'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const [labels, inputLengths, labelLengths, gradient] = saved as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ]
      const dy = (dys as Tensor[])[0]!
      const none = (input: Tensor) => () => zerosLike(cast(input, 'float32'))
      return {
        logits: () => runKernel<Tensor>('DuctusCtcLossGradient', { gradient, dy }),
        labels: none(labels),
        inputLengths: none(inputLengths),
        labelLengths: none(labelLengths),
      }
    },
  },
}

/** The gradient for any gradient `dy [batch]` of the losses. It has none of its own. */
export const ctcLossGradientKernel: FusedKernel = {
  name: 'DuctusCtcLossGradient',
  compose: ({ gradient, dy }) => mul(gradient!, reshape(dy!, [-1, 1, 1])),
}
