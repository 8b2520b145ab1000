import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Activation } from '../../../native/addon.js'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'
import { activationCode } from './activation-code.js'

function dropout({
  inputs: { x },
  attrs: { rate, key },
  backend,
}: KernelCall<{ x: TensorInfo }, { rate: number; key: number }>): TensorInfo | undefined {
  if (!allFloat(x)) return undefined
  const y = backend.output(x.shape)
  backend.addon.dropout(key, rate, backend.floats(x), backend.floats(y))
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

export const fusedOpKernels: KernelTable = {
  DuctusDropout: dropout,
  DuctusActivation: activation,
  DuctusActivationGradient: activationGradient,
}
