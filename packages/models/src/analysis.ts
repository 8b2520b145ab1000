/**
 * What a network costs, and the arithmetic of convolutions: pure functions, without TensorFlow.js.
 *
 * @example
 * import { costOf, describeCost, parseLayers } from '@ductus/models/analysis'
 *
 * const layers = parseLayers('conv 100 3 s2 p1; conv 200 3 s2 p1; conv 400 3 s2 p1')
 * const text = describeCost(costOf(layers, [200, 300, 3], { batch: 50 }))
 */
export { applyKernel, applyKernels, type Grid, type Maps } from './analysis/apply-kernel.js'
export {
  convInputSize,
  convOutputSize,
  samePadding,
  type WindowAxis,
} from './analysis/conv-size.js'
export {
  circulant,
  convolutionMatrix,
  localMatrix,
  type ConvolutionMatrixOptions,
  type MatrixPadding,
} from './analysis/convolution-matrix.js'
export { costOf, type LayerCost, type NetworkCost } from './analysis/cost-of.js'
export { describeCost } from './analysis/describe-cost.js'
export { edgeKernels } from './analysis/edge-kernels.js'
export type { ParameterCost } from './analysis/layer-parameters.js'
export type {
  ConvSpec,
  CropSpec,
  DenseSpec,
  LayerSpec,
  Pair,
  PlainSpec,
  PoolSpec,
  ReshapeSpec,
  SelectSpec,
  WindowsSpec,
} from './analysis/layer-spec.js'
export { parseInput, parseLayers } from './analysis/parse-layers.js'
export {
  precedents,
  type Precedents,
  type PrecedentWeights,
  type Unit,
} from './analysis/precedents.js'
export type { ReceptiveField } from './analysis/receptive-field.js'
export { ModelError, type ModelErrorCode } from './model-error.js'
