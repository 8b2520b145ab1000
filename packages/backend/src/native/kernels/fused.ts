import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Activation } from '../../../native/addon.js'
import type { DropoutAttributes } from '../../ops/dropout-kernel.js'
import type { ScaledTanhAttributes } from '../../ops/scaled-tanh-kernels.js'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'
import { activationCode } from './activation-code.js'

function dropout({
  inputs: { x },
  attrs: { rate, key, first },
  backend,
}: KernelCall<{ x: TensorInfo }, DropoutAttributes>): TensorInfo | undefined {
  if (!allFloat(x)) return undefined
  const y = backend.output(x.shape)
  backend.addon.dropout(key, rate, first >>> 0, backend.floats(x), backend.floats(y))
  return y
}

function activationGradient({
  inputs: { dy, y },
  attrs: { activation },
  backend,
}: KernelCall<{ dy: TensorInfo; y: TensorInfo }, { activation: string }>): TensorInfo | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(dy, y) || code === undefined) return undefined
  const dx = backend.output(dy.shape)
  backend.addon.activationGradient(code, backend.floats(dy), backend.floats(y), backend.floats(dx))
  return dx
}

function activation({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo }, { activation: Activation }>): TensorInfo | undefined {
  const { activation: name } = attrs
  if (!allFloat(x) || name === 'linear') return undefined
  const y = backend.output(x.shape)
  const { addon } = backend
  addon.unary(addon.unaryOps[name], backend.floats(x), 0, 0, backend.floats(y))
  return y
}

function scaledTanh({
  inputs: { x },
  attrs: { slope, amplitude },
  backend,
}: KernelCall<{ x: TensorInfo }, ScaledTanhAttributes>): TensorInfo | undefined {
  if (!allFloat(x)) return undefined
  const y = backend.output(x.shape)
  backend.addon.scaledTanh(slope, amplitude, backend.floats(x), backend.floats(y))
  return y
}

function scaledTanhGradient({
  inputs: { dy, y },
  attrs: { slope, amplitude },
  backend,
}: KernelCall<{ dy: TensorInfo; y: TensorInfo }, ScaledTanhAttributes>): TensorInfo | undefined {
  if (!allFloat(dy, y)) return undefined
  const dx = backend.output(dy.shape)
  const { addon } = backend
  addon.scaledTanhGradient(
    slope,
    amplitude,
    backend.floats(dy),
    backend.floats(y),
    backend.floats(dx),
  )
  return dx
}

export const fusedOpKernels: KernelTable = {
  DuctusDropout: dropout,
  DuctusActivation: activation,
  DuctusActivationGradient: activationGradient,
  DuctusScaledTanh: scaledTanh,
  DuctusScaledTanhGradient: scaledTanhGradient,
}
