import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { composeKernel, type RunKernel } from '../compose-kernel.js'

/**
 * BatchMatMul: transposes first, then multiplies plainly. With a transpose flag the stock kernel leaves XNNPACK for a
 * scalar loop, ten times as slow at 1024³.
 */
export function batchMatMulBy(stock: KernelFunc, javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo }
    const { transposeA, transposeB } = args.attrs as unknown as Transposes
    if (!plain(a, b)) return javascript(args)
    if (!transposeA && !transposeB) return stock(args)
    return composeKernel(backend, ({ run, keepTrack }) =>
      keepTrack(
        stock({
          backend,
          inputs: {
            a: transposeA ? swapLast(run, a) : a,
            b: transposeB ? swapLast(run, b) : b,
          },
          attrs: { transposeA: false, transposeB: false },
        }) as TensorInfo,
      ),
    )
  }
}

/**
 * _FusedMatMul: as BatchMatMul; a bias that is not a vector of the output's width is added afterwards, which the
 * stock kernel refuses or gets wrong.
 */
export function fusedMatMulBy(stock: KernelFunc, javascript: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm
    const { a, b, bias, preluActivationWeights } = args.inputs as Record<string, TensorInfo>
    const { transposeA, transposeB, ...rest } = args.attrs as unknown as Transposes & object
    const width = transposeB ? b!.shape.at(-2)! : b!.shape.at(-1)!
    const fusable = !bias || (bias.shape.length === 1 && bias.shape[0] === width)
    if (!plain(a!, b!) || !fusable || preluActivationWeights) return javascript(args)
    if (!transposeA && !transposeB) return stock(args)
    return composeKernel(backend, ({ run, keepTrack }) =>
      keepTrack(
        stock({
          backend,
          inputs: {
            a: transposeA ? swapLast(run, a!) : a!,
            b: transposeB ? swapLast(run, b!) : b!,
            ...(bias ? { bias } : {}),
          },
          attrs: { ...rest, transposeA: false, transposeB: false },
        }) as TensorInfo,
      ),
    )
  }
}

interface Transposes {
  transposeA: boolean
  transposeB: boolean
}

function plain(...infos: TensorInfo[]): boolean {
  return infos.every(({ dtype, shape }) => dtype === 'float32' && !shape.includes(0))
}

function swapLast(run: RunKernel, x: TensorInfo): TensorInfo {
  const perm = x.shape.map((_, i) => i)
  perm.push(perm.splice(-2, 1)[0]!)
  return run('Transpose', { x }, { perm })
}
