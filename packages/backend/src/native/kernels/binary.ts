import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { BinaryOp, CompareOp } from '../../../native/addon.js'
import { allFloat } from '../native-kernel.js'
import type { AnyNativeKernel, KernelCall, KernelTable } from '../native-kernel.js'
import type { NativeBackend } from '../native-backend.js'
import { broadcastPlan } from './broadcast-geometry.js'

interface Operands {
  a: TensorInfo
  b: TensorInfo
}

const arithmetic: Readonly<Record<string, BinaryOp>> = {
  Add: 'add',
  Sub: 'sub',
  Multiply: 'mul',
  RealDiv: 'div',
  Maximum: 'maximum',
  Minimum: 'minimum',
  SquaredDifference: 'squaredDifference',
  Pow: 'pow',
}

const comparisons: Readonly<Record<string, CompareOp>> = {
  Equal: 'equal',
  NotEqual: 'notEqual',
  Greater: 'greater',
  GreaterEqual: 'greaterEqual',
  Less: 'less',
  LessEqual: 'lessEqual',
}

function combine(
  backend: NativeBackend,
  op: BinaryOp,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo | undefined {
  const plan = allFloat(a, b) ? broadcastPlan(a.shape, b.shape) : undefined
  if (!plan) return undefined
  const y = backend.output(plan.shape)
  const { addon } = backend
  addon.binary(
    addon.binaryOps[op],
    plan.geometry,
    backend.floats(a),
    backend.floats(b),
    backend.floats(y),
  )
  return y
}

const binary =
  (op: BinaryOp): AnyNativeKernel =>
  ({ inputs: { a, b }, backend }: KernelCall<Operands>) =>
    combine(backend, op, a, b)

const compare =
  (op: CompareOp): AnyNativeKernel =>
  ({ inputs: { a, b }, backend }: KernelCall<Operands>) => {
    const plan = allFloat(a, b) ? broadcastPlan(a.shape, b.shape) : undefined
    if (!plan) return undefined
    const values = new Uint8Array(plan.shape.reduce((product, size) => product * size, 1))
    const { addon } = backend
    addon.compare(addon.compareOps[op], plan.geometry, backend.floats(a), backend.floats(b), values)
    return backend.adopt(values, plan.shape, 'bool')
  }

function prelu({
  inputs: { x, alpha },
  backend,
}: KernelCall<{ x: TensorInfo; alpha: TensorInfo }>): TensorInfo | undefined {
  return combine(backend, 'prelu', x, alpha)
}

function eluGradient({
  inputs: { dy, y },
  backend,
}: KernelCall<{ dy: TensorInfo; y: TensorInfo }>): TensorInfo | undefined {
  return combine(backend, 'eluGradient', dy, y)
}

function addN({ inputs, backend }: KernelCall<TensorInfo[]>): TensorInfo | undefined {
  const [first, second, ...rest] = inputs
  if (!first || !second || !allFloat(...inputs)) return undefined
  const sum = combine(backend, 'add', first, second)
  if (!sum) return undefined
  const values = backend.floats(sum)
  for (const term of rest) {
    backend.addon.binary(backend.addon.binaryOps.add, null, values, backend.floats(term), values)
  }
  return sum
}

const mapped = <T>(names: Readonly<Record<string, T>>, make: (op: T) => AnyNativeKernel) =>
  Object.fromEntries(Object.entries(names).map(([name, op]) => [name, make(op)]))

export const binaryKernels: KernelTable = {
  ...mapped(arithmetic, binary),
  ...mapped(comparisons, compare),
  Prelu: prelu,
  EluGrad: eluGradient,
  AddN: addN,
}
