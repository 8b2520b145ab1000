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
    null,
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

interface GradientAttributes {
  activation: string
  joined: boolean
}

interface Inputs {
  x: TensorInfo
  gamma: TensorInfo
  beta: TensorInfo
  residual?: TensorInfo
}

function train({
  inputs: { x, gamma, beta, residual },
  attrs: { epsilon, activation },
  backend,
}: KernelCall<Inputs, OwnAttributes>): TensorInfo[] | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(x, gamma, beta, residual) || code === undefined) return undefined
  const y = backend.output(x.shape)
  const mean = backend.output(gamma.shape)
  const variance = backend.output(gamma.shape)
  const invStd = backend.output(gamma.shape)
  backend.addon.batchNormTrain(
    backend.floats(x),
    backend.floats(gamma),
    backend.floats(beta),
    residual ? backend.floats(residual) : null,
    epsilon,
    code,
    backend.floats(y),
    backend.floats(mean),
    backend.floats(variance),
    backend.floats(invStd),
  )
  return [y, mean, variance, invStd]
}

interface GradientInputs extends Omit<Inputs, 'residual'> {
  dy: TensorInfo
  y?: TensorInfo
  mean: TensorInfo
  invStd: TensorInfo
}

function gradient({
  inputs: { x, dy, y, gamma, beta, mean, invStd },
  attrs: { activation, joined },
  backend,
}: KernelCall<GradientInputs, GradientAttributes>): TensorInfo[] | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(x, dy, y, gamma, beta) || code === undefined) return undefined
  const dx = backend.output(x.shape)
  const dGamma = backend.output(gamma.shape)
  const dBeta = backend.output(gamma.shape)
  // Without a residual y is sooner computed again than read. Without an activation the shortcut's gradient is dy itself.
  const dResidual = joined && code !== 0 ? backend.output(x.shape) : undefined
  backend.addon.batchNormGradient(
    backend.floats(x),
    backend.floats(dy),
    y && joined ? backend.floats(y) : null,
    code,
    backend.floats(gamma),
    backend.floats(beta),
    backend.floats(mean),
    backend.floats(invStd),
    backend.floats(dx),
    dResidual ? backend.floats(dResidual) : null,
    backend.floats(dGamma),
    backend.floats(dBeta),
  )
  if (!joined) return [dx, dGamma, dBeta]
  return [dx, dGamma, dBeta, dResidual ?? backend.alias(dy)]
}

interface InferenceInputs extends Inputs {
  mean: TensorInfo
  variance: TensorInfo
}

function inference({
  inputs: { x, mean, variance, gamma, beta, residual },
  attrs: { epsilon, activation },
  backend,
}: KernelCall<InferenceInputs, OwnAttributes>): TensorInfo | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(x, mean, variance, gamma, beta, residual) || code === undefined) return undefined
  const y = backend.output(x.shape)
  backend.addon.batchNormInference(
    backend.floats(x),
    backend.floats(mean),
    backend.floats(variance),
    backend.floats(gamma),
    backend.floats(beta),
    residual ? backend.floats(residual) : null,
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
