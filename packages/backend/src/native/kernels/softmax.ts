import type { TensorInfo } from '@tensorflow/tfjs-core'
import { checkLabels } from '../../ops/check-labels.js'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'

function softmax({
  inputs: { logits },
  attrs: { dim },
  backend,
}: KernelCall<{ logits: TensorInfo }, { dim: number }>): TensorInfo | undefined {
  const last = logits.shape.length - 1
  if (!allFloat(logits) || last < 0 || (dim !== -1 && dim !== last)) return undefined
  const y = backend.output(logits.shape)
  backend.addon.softmax(logits.shape[last]!, backend.floats(logits), backend.floats(y))
  return y
}

function logSoftmax({
  inputs: { logits },
  backend,
}: KernelCall<{ logits: TensorInfo }>): TensorInfo | undefined {
  const classes = logits.shape.at(-1)
  if (!allFloat(logits) || classes === undefined) return undefined
  const y = backend.output(logits.shape)
  backend.addon.logSoftmax(classes, backend.floats(logits), backend.floats(y))
  return y
}

function logSoftmaxGradient({
  inputs: { y, dy },
  backend,
}: KernelCall<{ y: TensorInfo; dy: TensorInfo }>): TensorInfo | undefined {
  const classes = y.shape.at(-1)
  if (!allFloat(y, dy) || classes === undefined) return undefined
  const dx = backend.output(y.shape)
  backend.addon.logSoftmaxGradient(
    classes,
    backend.floats(y),
    backend.floats(dy),
    backend.floats(dx),
  )
  return dx
}

interface CrossEntropyAttributes {
  smoothing: number
  weights: readonly number[] | null
  ignoredLabel: number
}

function crossEntropy({
  inputs: { logits, labels },
  attrs: { smoothing, weights, ignoredLabel },
  backend,
}: KernelCall<{ logits: TensorInfo; labels: TensorInfo }, CrossEntropyAttributes>):
  TensorInfo | undefined {
  if (!allFloat(logits)) return undefined
  checkLabels(backend.integers(labels), logits.shape[1]!, ignoredLabel)
  const losses = backend.output(labels.shape)
  backend.addon.crossEntropy(
    logits.shape[1]!,
    backend.floats(logits),
    backend.integers(labels),
    smoothing,
    weights ? Float32Array.from(weights) : null,
    ignoredLabel,
    backend.floats(losses),
  )
  return losses
}

function crossEntropyGradient({
  inputs: { logits, labels, dy },
  attrs: { smoothing, weights, ignoredLabel },
  backend,
}: KernelCall<{ logits: TensorInfo; labels: TensorInfo; dy: TensorInfo }, CrossEntropyAttributes>):
  TensorInfo | undefined {
  if (!allFloat(logits, dy)) return undefined
  const dLogits = backend.output(logits.shape)
  backend.addon.crossEntropyGradient(
    logits.shape[1]!,
    backend.floats(logits),
    backend.integers(labels),
    smoothing,
    weights ? Float32Array.from(weights) : null,
    ignoredLabel,
    backend.floats(dy),
    backend.floats(dLogits),
  )
  return dLogits
}

export const softmaxKernels: KernelTable = {
  Softmax: softmax,
  DuctusLogSoftmax: logSoftmax,
  DuctusLogSoftmaxGradient: logSoftmaxGradient,
  DuctusCrossEntropy: crossEntropy,
  DuctusCrossEntropyGradient: crossEntropyGradient,
}
