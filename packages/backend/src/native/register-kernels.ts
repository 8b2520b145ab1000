import {
  copyRegisteredKernels,
  getKernel,
  registerKernel,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import type { KernelFunc } from '@tensorflow/tfjs-core'
import { markOrigin } from '../kernel-origin.js'
import { fusedKernels } from '../ops/ensure-kernels.js'
import type { Inputs } from '../ops/run-kernel.js'
import { batchNormKernels } from './kernels/batch-norm.js'
import { binaryKernels } from './kernels/binary.js'
import { convolutionKernels } from './kernels/convolution.js'
import { ctcKernels } from './kernels/ctc.js'
import { fusedOpKernels } from './kernels/fused.js'
import { indexingKernels } from './kernels/indexing.js'
import { makingKernels } from './kernels/making.js'
import { matMulKernels } from './kernels/mat-mul.js'
import { movementKernels } from './kernels/movement.js'
import { poolingKernels } from './kernels/pooling.js'
import { reduceKernels } from './kernels/reduce.js'
import { softmaxKernels } from './kernels/softmax.js'
import { unaryKernels } from './kernels/unary.js'
import { unfoldKernels } from './kernels/unfold.js'
import type { AnyNativeKernel, KernelTable } from './native-kernel.js'

const tables: readonly KernelTable[] = [
  convolutionKernels,
  matMulKernels,
  poolingKernels,
  batchNormKernels,
  unaryKernels,
  binaryKernels,
  softmaxKernels,
  ctcKernels,
  reduceKernels,
  movementKernels,
  indexingKernels,
  makingKernels,
  fusedOpKernels,
  unfoldKernels,
]

/** Registers every kernel of a backend: those of `cpu`, and ours in the place of the hot ones. */
export function registerKernels(backendName: string): void {
  copyRegisteredKernels('cpu', backendName)
  for (const table of tables) {
    for (const [name, kernel] of Object.entries(table)) register(backendName, name, kernel)
  }
}

function register(backendName: string, name: string, kernel: AnyNativeKernel): void {
  const run = kernel as unknown as KernelFunc
  const fallback = fallbackOf(name)
  const kernelFunc: KernelFunc = (call) => run(call) ?? fallback(call)
  if (getKernel(name, backendName)) unregisterKernel(name, backendName)
  registerKernel({ kernelName: name, backendName, kernelFunc: markOrigin(kernelFunc, 'own') })
}

/** What computes the shapes and types that a kernel of ours leaves: JavaScript, or stock ops for a fused op. */
function fallbackOf(name: string): KernelFunc {
  const fused = fusedKernels.find((kernel) => kernel.name === name)
  if (fused) {
    return ({ inputs, attrs }) => tidy(() => fused.compose(inputs as Inputs, attrs as never))
  }
  const stock = getKernel(name, 'cpu')
  if (!stock) throw new Error(`Kernel ${name} is not in the cpu backend.`)
  return stock.kernelFunc
}
