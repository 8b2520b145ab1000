import type { KernelFunc } from '@tensorflow/tfjs-core'
import { complex, imag, real } from './kernels/complex-kernels.js'
import { conv2dBy } from './kernels/conv2d.js'
import { conv2dBackpropFilterBy } from './kernels/conv2d-backprop-filter.js'
import { conv2dBackpropInputBy } from './kernels/conv2d-backprop-input.js'
import {
  depthwiseBackpropFilterBy,
  depthwiseBackpropInputBy,
} from './kernels/depthwise-gradients.js'
import { einsumBy } from './kernels/einsum.js'
import {
  clipByValueBy,
  maximumBy,
  minimumBy,
  preluBy,
  relu6By,
} from './kernels/elementwise-kernels.js'
import { fusedConv2dBy } from './kernels/fused-conv2d.js'
import { batchMatMulBy, fusedMatMulBy } from './kernels/mat-mul-kernels.js'
import { avgPoolBy, maxPoolBy } from './kernels/pool-kernels.js'
import { avgPoolGradBy, maxPoolGradBy } from './kernels/pool-gradients.js'
import { castBy, identity, sliceBy } from './kernels/sharing-kernels.js'
import { sumBy } from './kernels/sum.js'
import { unsortedSegmentSumBy } from './kernels/unsorted-segment-sum.js'

/**
 * Builds one of our kernels from the stock one of its name (absent where TensorFlow.js has none) and from the
 * JavaScript one, which takes what ours does not; `guarded` is the two of them together.
 */
type Builder = (stock: KernelFunc, javascript: KernelFunc, guarded: KernelFunc) => KernelFunc

/** Every kernel that this package adds to `wasm` or replaces there. */
export const ownKernels: Readonly<Record<string, Builder>> = {
  Identity: () => identity,
  Cast: (_, javascript) => castBy(javascript),
  Slice: (_, javascript) => sliceBy(javascript),
  ClipByValue: (_, javascript) => clipByValueBy(javascript),
  Relu6: (_, javascript) => relu6By(javascript),
  Maximum: (_, javascript) => maximumBy(javascript),
  Minimum: (_, javascript) => minimumBy(javascript),
  Prelu: preluBy,
  Complex: () => complex,
  Real: () => real,
  Imag: () => imag,
  BatchMatMul: batchMatMulBy,
  _FusedMatMul: fusedMatMulBy,
  MaxPool: (_, javascript) => maxPoolBy(javascript),
  AvgPool: (_, javascript) => avgPoolBy(javascript),
  MaxPoolGrad: (_, javascript) => maxPoolGradBy(javascript),
  AvgPoolGrad: (_, javascript) => avgPoolGradBy(javascript),
  Sum: (_stock, _javascript, guarded) => sumBy(guarded),
  Conv2D: (stock, javascript) => conv2dBy(false, stock, javascript),
  DepthwiseConv2dNative: (stock, javascript) => conv2dBy(true, stock, javascript),
  Conv2DBackpropFilter: (_, javascript) => conv2dBackpropFilterBy(javascript),
  Conv2DBackpropInput: (_, javascript) => conv2dBackpropInputBy(javascript),
  FusedConv2D: (stock, javascript) => fusedConv2dBy('Conv2D', stock, javascript),
  FusedDepthwiseConv2D: (stock, javascript) =>
    fusedConv2dBy('DepthwiseConv2dNative', stock, javascript),
  DepthwiseConv2dNativeBackpropFilter: (_, javascript) => depthwiseBackpropFilterBy(javascript),
  DepthwiseConv2dNativeBackpropInput: (_, javascript) => depthwiseBackpropInputBy(javascript),
  UnsortedSegmentSum: (_, javascript) => unsortedSegmentSumBy(javascript),
  Einsum: (_, javascript) => einsumBy(javascript),
}
