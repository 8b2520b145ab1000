import { exp, logSoftmax as stockLogSoftmax, mul, sub, sum } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

/** Log-softmax along the last axis. */
export const logSoftmaxKernel: FusedKernel = {
  name: 'DuctusLogSoftmax',
  compose: ({ logits }) => stockLogSoftmax(logits!),
  gradient: {
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({
      logits: () =>
        runKernel<Tensor>('DuctusLogSoftmaxGradient', { y: saved[0]!, dy: dy as Tensor }),
    }),
  },
}

/** Its gradient, from its output. */
export const logSoftmaxGradientKernel: FusedKernel = {
  name: 'DuctusLogSoftmaxGradient',
  compose: ({ y, dy }) => sub(dy!, mul(exp(y!), sum(dy!, -1, true))),
}
