import { mul, sub, add, tanh } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { FusedKernel } from './fused-kernel.js'
import { runKernel } from './run-kernel.js'

export interface ScaledTanhAttributes {
  slope: number
  amplitude: number
}

/** `amplitude · tanh(slope · x)` */
export const scaledTanhKernel: FusedKernel = {
  name: 'DuctusScaledTanh',
  compose: ({ x }, { slope, amplitude }: ScaledTanhAttributes) =>
    mul(tanh(mul(x!, slope)), amplitude),
  gradient: {
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => ({
      x: () =>
        runKernel<Tensor>(
          'DuctusScaledTanhGradient',
          { dy: dy as Tensor, y: saved[0]! },
          attributes,
        ),
    }),
  },
}

/** From the output: `dy · slope / amplitude · (amplitude − y) · (amplitude + y)`, in which nothing cancels near ±amplitude. */
export const scaledTanhGradientKernel: FusedKernel = {
  name: 'DuctusScaledTanhGradient',
  compose: ({ dy, y }, { slope, amplitude }: ScaledTanhAttributes) =>
    mul(dy!, mul(slope / amplitude, mul(sub(amplitude, y!), add(amplitude, y!)))),
}
