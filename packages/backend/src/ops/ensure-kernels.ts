import {
  getBackend,
  getGradient,
  getKernel,
  registerGradient,
  registerKernel,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import { markOrigin, originOf } from '../kernel-origin.js'
import { activationGradientKernel, activationKernel } from './activation-kernels.js'
import {
  batchNormGradientKernel,
  batchNormInferenceKernel,
  batchNormTrainKernel,
} from './batch-norm-kernels.js'
import {
  conv2dFilterGradientKernel,
  conv2dInputGradientKernel,
  conv2dKernel,
} from './conv2d-kernels.js'
import { crossEntropyGradientKernel, crossEntropyKernel } from './cross-entropy-kernels.js'
import { ctcLossGradientKernel, ctcLossKernel } from './ctc-kernels.js'
import { denseKernel } from './dense-kernels.js'
import {
  depthwiseConv2dFilterGradientKernel,
  depthwiseConv2dInputGradientKernel,
  depthwiseConv2dKernel,
} from './depthwise-conv2d-kernels.js'
import { dropoutKernel } from './dropout-kernel.js'
import type { FusedKernel } from './fused-kernel.js'
import { logSoftmaxGradientKernel, logSoftmaxKernel } from './log-softmax-kernels.js'
import type { Inputs } from './run-kernel.js'
import { scaledTanhGradientKernel, scaledTanhKernel } from './scaled-tanh-kernels.js'
import { foldKernel, unfoldKernel } from './unfold-kernels.js'

/** Every kernel of ours. */
export const fusedKernels: readonly FusedKernel[] = [
  activationKernel,
  activationGradientKernel,
  scaledTanhKernel,
  scaledTanhGradientKernel,
  conv2dKernel,
  conv2dFilterGradientKernel,
  conv2dInputGradientKernel,
  depthwiseConv2dKernel,
  depthwiseConv2dFilterGradientKernel,
  depthwiseConv2dInputGradientKernel,
  denseKernel,
  dropoutKernel,
  batchNormTrainKernel,
  batchNormGradientKernel,
  batchNormInferenceKernel,
  logSoftmaxKernel,
  logSoftmaxGradientKernel,
  crossEntropyKernel,
  crossEntropyGradientKernel,
  ctcLossKernel,
  ctcLossGradientKernel,
  unfoldKernel,
  foldKernel,
]

const ready = new Set<string>()
let latest: string | undefined

/**
 * Sees to it that the current backend has our kernels: composed ones where it brings none of its own. Cheap when
 * that is so already. Another copy of this package may have done it: what is registered stays.
 */
export function ensureKernels(): void {
  const backendName = getBackend()
  if (backendName === latest) return
  if (!ready.has(backendName)) {
    for (const kernel of fusedKernels) register(kernel, backendName)
    ready.add(backendName)
  }
  latest = backendName
}

function register({ name, compose, gradient }: FusedKernel, backendName: string): void {
  if (gradient && !getGradient(name)) registerGradient({ kernelName: name, ...gradient })
  const present = getKernel(name, backendName)
  // Another backend's composed kernel, taken over by an adapter, would be called without tensors.
  if (present && originOf(present.kernelFunc) !== 'javascript') return
  if (present) unregisterKernel(name, backendName)
  registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: markOrigin(
      ({ inputs, attrs }) => tidy(() => compose(inputs as Inputs, attrs as never)),
      'own',
    ),
  })
}
