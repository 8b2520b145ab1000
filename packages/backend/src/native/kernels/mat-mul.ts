import { backend_util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend.js'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'
import { activationCode, isChannelBias } from './activation-code.js'

interface Operands {
  a: TensorInfo
  b: TensorInfo
  bias?: TensorInfo
  preluActivationWeights?: TensorInfo
}

interface MatMulAttributes {
  transposeA: boolean
  transposeB: boolean
  activation?: string
}

const mostBatchAxes = 6

function matMul(call: KernelCall<Operands, MatMulAttributes>): TensorInfo | undefined {
  const { a, b, bias, preluActivationWeights } = call.inputs
  const { transposeA, transposeB, activation } = call.attrs
  if (preluActivationWeights) return undefined
  return multiply(call.backend, a, b, bias, transposeA, transposeB, activation)
}

function dense({
  inputs: { x, kernel, bias },
  attrs: { activation },
  backend,
}: KernelCall<{ x: TensorInfo; kernel: TensorInfo; bias?: TensorInfo }, { activation: string }>):
  TensorInfo | undefined {
  return multiply(backend, x, kernel, bias, false, false, activation)
}

function multiply(
  backend: NativeBackend,
  a: TensorInfo,
  b: TensorInfo,
  bias: TensorInfo | undefined,
  transposeA: boolean,
  transposeB: boolean,
  activation: string | undefined,
): TensorInfo | undefined {
  const code = activationCode(backend.addon, activation)
  if (!allFloat(a, b, bias) || code === undefined) return undefined
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number]
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number]
  const m = transposeA ? columnsA : rowsA
  const k = transposeA ? rowsA : columnsA
  const n = transposeB ? rowsB : columnsB
  if (k !== (transposeB ? columnsB : rowsB) || !isChannelBias(bias, n)) return undefined
  const head = [Number(transposeA), Number(transposeB), m, n, k, code]
  let shape = [m, n]
  if (a.shape.length > 2 || b.shape.length > 2) {
    const batch = batchTriples(a.shape.slice(0, -2), b.shape.slice(0, -2))
    if (!batch) return undefined
    head.push(...batch.triples)
    shape = [...batch.shape, m, n]
  }
  const c = backend.output(shape)
  backend.addon.sgemm(
    Int32Array.from(head),
    backend.floats(a),
    backend.floats(b),
    bias ? backend.floats(bias) : null,
    backend.floats(c),
  )
  return c
}

/** Size, stride of a and stride of b for each batch axis, in whole matrices. */
function batchTriples(
  a: number[],
  b: number[],
): { shape: number[]; triples: number[] } | undefined {
  const shape = backend_util.assertAndGetBroadcastShape(a, b)
  if (shape.length > mostBatchAxes) return undefined
  const triples: number[] = []
  let strideA = 1
  let strideB = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const sizeA = a[axis - shape.length + a.length] ?? 1
    const sizeB = b[axis - shape.length + b.length] ?? 1
    triples.unshift(shape[axis]!, sizeA === 1 ? 0 : strideA, sizeB === 1 ? 0 : strideB)
    strideA *= sizeA
    strideB *= sizeB
  }
  return { shape, triples }
}

export const matMulKernels: KernelTable = {
  BatchMatMul: matMul,
  _FusedMatMul: matMul,
  DuctusDense: dense,
}
