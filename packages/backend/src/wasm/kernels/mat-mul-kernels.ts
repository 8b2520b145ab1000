import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { composeKernel, type RunKernel } from '../compose-kernel.js'
import { activate } from './activate.js'

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
 * _FusedMatMul: as BatchMatMul. Where the stock kernel is wrong the rest follows as kernels of their own: a bias that
 * is not a vector of the output's width, slopes for each element, and ReLU, which there turns NaN into 0.
 */
export function fusedMatMulBy(stock: KernelFunc, javascript: KernelFunc): KernelFunc {
  return (args) => {
    const { a, b, bias, preluActivationWeights } = args.inputs as Partial<
      Record<string, TensorInfo>
    >
    const attrs = args.attrs as unknown as FusedAttrs
    if (!plain(a!, b!)) return javascript(args)
    const { transposeA, transposeB, activation, leakyreluAlpha } = attrs
    const width = transposeB ? b!.shape.at(-2)! : b!.shape.at(-1)!
    const vector = !bias || (bias.shape.length === 1 && bias.shape[0] === width)
    const apart = !vector || Boolean(preluActivationWeights) || activation.startsWith('relu')
    if (!apart && !transposeA && !transposeB) return stock(args)
    return composeKernel(args.backend as BackendWasm, ({ run, keepTrack }) => {
      const product = stock({
        backend: args.backend,
        inputs: {
          a: transposeA ? swapLast(run, a!) : a!,
          b: transposeB ? swapLast(run, b!) : b!,
          ...(bias && vector ? { bias } : {}),
        },
        attrs: {
          transposeA: false,
          transposeB: false,
          activation: apart ? 'linear' : activation,
          leakyreluAlpha,
        },
      })
      const sum = keepTrack(product as TensorInfo)
      if (!apart) return sum
      const biased = bias && !vector ? run('Add', { a: sum, b: bias }) : sum
      return activate(run, biased, activation, preluActivationWeights, leakyreluAlpha)
    })
  }
}

interface FusedAttrs extends Transposes {
  activation: string
  leakyreluAlpha: number
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
