import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { backend_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { composeKernel, type RunKernel } from '../compose-kernel.js'

/** Einsum by transposes, products and sums, in the order that TensorFlow.js plans them. */
export function einsumBy(javascript: KernelFunc): KernelFunc {
  return (args) => {
    const tensors = Object.values(args.inputs) as TensorInfo[]
    if (tensors.some(({ dtype }) => dtype !== 'float32')) return javascript(args)
    const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(
      args.attrs!['equation'] as string,
      tensors.length,
    )
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never)
    const { path, steps } = backend_util.getEinsumComputePath(summedDims, idDims)
    return composeKernel(args.backend as BackendWasm, ({ run }) => {
      let product: TensorInfo | undefined
      let remaining = allDims.length
      steps.forEach((terms, step) => {
        for (const term of terms) {
          const factor = aligned(run, tensors[term]!, remaining, idDims[term]!)
          product = product ? run('Multiply', { a: factor, b: product }) : factor
        }
        if (step === steps.length - 1) return
        const axis = path[step]!
        if (axis >= 0) {
          const summed = axis - (allDims.length - remaining)
          product = run('Sum', { x: product }, { axis: summed, keepDims: false })
        }
        remaining--
      })
      // An equation that changes nothing leaves the input itself, which is not ours to return.
      return run('Identity', { x: product })
    })
  }
}

/** Brings a term's axes into the common order, with size 1 where it has none. */
function aligned(run: RunKernel, x: TensorInfo, rank: number, dims: number[]): TensorInfo {
  const { permutationIndices: perm, expandDims } = backend_util.getEinsumPermutation(rank, dims)
  const ordered = backend_util.isIdentityPermutation(perm) ? x : run('Transpose', { x }, { perm })
  const shape = [...ordered.shape]
  for (const axis of expandDims) shape.splice(axis, 0, 1)
  return util.arraysEqual(shape, ordered.shape)
    ? ordered
    : run('Reshape', { x: ordered }, { shape })
}
