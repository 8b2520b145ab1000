import type { TensorInfo } from '@tensorflow/tfjs-core'
import { checkCtcBatch } from '../../ops/check-ctc-batch.js'
import type { CtcAttributes } from '../../ops/ctc-kernels.js'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'

interface CtcInputs {
  logits: TensorInfo
  labels: TensorInfo
  inputLengths: TensorInfo
  labelLengths: TensorInfo
}

function ctcLoss({
  inputs,
  attrs: { blank, zeroInfinity },
  backend,
}: KernelCall<CtcInputs, CtcAttributes>): TensorInfo[] | undefined {
  const { logits } = inputs
  if (!allFloat(logits)) return undefined
  const [batch, steps, classes] = logits.shape as [number, number, number]
  const maxLength = inputs.labels.shape[1]!
  const labels = backend.integers(inputs.labels)
  const inputLengths = backend.integers(inputs.inputLengths)
  const labelLengths = backend.integers(inputs.labelLengths)
  checkCtcBatch({ labels, inputLengths, labelLengths, steps, classes, maxLength, blank })
  const losses = backend.output([batch])
  const gradient = backend.output(logits.shape)
  const values = backend.floats(losses)
  backend.addon.ctcLoss(
    Int32Array.of(batch, steps, classes, maxLength, blank),
    backend.floats(logits),
    labels,
    inputLengths,
    labelLengths,
    values,
    backend.floats(gradient),
  )
  if (zeroInfinity) {
    for (let n = 0; n < batch; n++) if (values[n] === Infinity) values[n] = 0
  }
  return [losses, gradient]
}

export const ctcKernels: KernelTable = { DuctusCtcLoss: ctcLoss }
