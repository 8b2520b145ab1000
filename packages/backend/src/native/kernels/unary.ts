import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { UnaryOp } from '../../../native/addon.js'
import { allFloat } from '../native-kernel.js'
import type { AnyNativeKernel, KernelCall, KernelTable } from '../native-kernel.js'

interface UnaryAttributes {
  alpha?: number
  clipValueMin?: number
  clipValueMax?: number
}

/** Stock kernels that work element by element, and the addon's names for them. */
const ops: Readonly<Record<string, UnaryOp>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  LeakyRelu: 'leakyRelu',
  Elu: 'elu',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Softplus: 'softplus',
  Tanh: 'tanh',
  Exp: 'exp',
  Expm1: 'expm1',
  Log: 'log',
  Log1p: 'log1p',
  Sqrt: 'sqrt',
  Rsqrt: 'rsqrt',
  Square: 'square',
  Reciprocal: 'reciprocal',
  Neg: 'neg',
  Abs: 'abs',
  Sign: 'sign',
  Step: 'step',
  Floor: 'floor',
  Ceil: 'ceil',
  Round: 'round',
  Sin: 'sin',
  Cos: 'cos',
  Erf: 'erf',
  ClipByValue: 'clip',
}

const defaultAlpha: Partial<Record<UnaryOp, number>> = { elu: 1, leakyRelu: 0.2, step: 0 }

function unary(op: UnaryOp): AnyNativeKernel {
  const fallbackAlpha = defaultAlpha[op] ?? 0
  return ({
    inputs: { x },
    attrs,
    backend,
  }: KernelCall<{ x: TensorInfo }, UnaryAttributes | undefined>) => {
    if (!allFloat(x)) return undefined
    const y = backend.output(x.shape)
    const clip = op === 'clip'
    backend.addon.unary(
      backend.addon.unaryOps[op],
      backend.floats(x),
      (clip ? attrs?.clipValueMin : attrs?.alpha) ?? fallbackAlpha,
      (clip ? attrs?.clipValueMax : 0) ?? 0,
      backend.floats(y),
    )
    return y
  }
}

export const unaryKernels: KernelTable = Object.fromEntries(
  Object.entries(ops).map(([name, op]) => [name, unary(op)]),
)
