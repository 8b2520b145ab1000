import type { TensorInfo } from '@tensorflow/tfjs-core'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'
import { activationCode, isChannelBias } from './activation-code.js'

interface Statistics {
  x: TensorInfo
  mean: TensorInfo
  variance: TensorInfo
  scale?: TensorInfo | null
  offset?: TensorInfo | null
}

function stockBatchNorm({
  inputs: { x, mean, variance, scale, offset },
  attrs: { varianceEpsilon },
  backend,
}: KernelCall<Statistics, { varianceEpsilon?: number }>): TensorInfo | undefined {
  const channels = x.shape.at(-1)
  if (channels === undefined || !allFloat(x, mean, variance, scale, offset)) return undefined
  for (const vector of [mean, variance, scale, offset]) {
    if (!isChannelBias(vector, channels)) return undefined
    // JavaScript complains of ranks that differ.
    if (vector && vector.shape.length !== mean.shape.length) return undefined
  }
  const y = backend.output(x.shape)
  backend.addon.batchNormInference(
    backend.floats(x),
    backend.floats(mean),
    backend.floats(variance),
    scale ? backend.floats(scale) : null,
    offset ? backend.floats(offset) : null,
    varianceEpsilon ?? 0.001,
    0,
    backend.floats(y),
  )
  return y
}

interface OwnAttributes {
  epsilon: number
  activation: string
}

function train({
  inputs: { x, gamma, beta },
  attrs: { epsilon, activation },
  backend,
}: KernelCall<{ x: TensorInfo; gamma: TensorInfo; beta: TensorInfo }, OwnAttributes>):
  TensorInfo[] | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(x, gamma, beta) || code === undefined) return undefined
  const y = backend.output(x.shape)
  const mean = backend.output(gamma.shape)
  const variance = backend.output(gamma.shape)
  const invStd = backend.output(gamma.shape)
  backend.addon.batchNormTrain(
    backend.floats(x),
    backend.floats(gamma),
    backend.floats(beta),
    epsilon,
    code,
    backend.floats(y),
    backend.floats(mean),
    backend.floats(variance),
    backend.floats(invStd),
  )
  return [y, mean, variance, invStd]
}

interface GradientInputs {
  x: TensorInfo
  dy: TensorInfo
  y?: TensorInfo
  gamma: TensorInfo
  mean: TensorInfo
  invStd: TensorInfo
}

function gradient({
  inputs: { x, dy, y, gamma, mean, invStd },
  attrs: { activation },
  backend,
}: KernelCall<GradientInputs, OwnAttributes>): TensorInfo[] | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(x, dy, y, gamma) || code === undefined) return undefined
  const dx = backend.output(x.shape)
  const dGamma = backend.output(gamma.shape)
  const dBeta = backend.output(gamma.shape)
  backend.addon.batchNormGradient(
    backend.floats(x),
    backend.floats(dy),
    y ? backend.floats(y) : null,
    code,
    backend.floats(gamma),
    backend.floats(mean),
    backend.floats(invStd),
    backend.floats(dx),
    backend.floats(dGamma),
    backend.floats(dBeta),
  )
  return [dx, dGamma, dBeta]
}

interface InferenceInputs {
  x: TensorInfo
  mean: TensorInfo
  variance: TensorInfo
  gamma: TensorInfo
  beta: TensorInfo
}

function inference({
  inputs: { x, mean, variance, gamma, beta },
  attrs: { epsilon, activation },
  backend,
}: KernelCall<InferenceInputs, OwnAttributes>): TensorInfo | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(x, mean, variance, gamma, beta) || code === undefined) return undefined
  const y = backend.output(x.shape)
  backend.addon.batchNormInference(
    backend.floats(x),
    backend.floats(mean),
    backend.floats(variance),
    backend.floats(gamma),
    backend.floats(beta),
    epsilon,
    code,
    backend.floats(y),
  )
  return y
}

export const batchNormKernels: KernelTable = {
  FusedBatchNorm: stockBatchNorm,
  DuctusBatchNormTrain: train,
  DuctusBatchNormGradient: gradient,
  DuctusBatchNormInference: inference,
}
