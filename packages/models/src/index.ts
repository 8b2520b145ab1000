/**
 * A zoo of networks that read handwriting: options in, `tf.LayersModel` out.
 *
 * @example
 * import { useBackend } from '@ductus/backend'
 * import { CNN, summary } from '@ductus/models'
 *
 * await useBackend('auto')
 * const model = CNN({ inputDims: [28, 28, 1], mapping: [...'0123456789'] }, { convDim: 32 }, { seed: 1 })
 * const text = summary(model)
 */
export {
  defineModel,
  isModelDefinition,
  modelDefinitionKey,
  type BuildContext,
  type ModelDefinition,
  type ModelSpec,
  type PartialOptions,
} from './define-model.js'
export { layerSpecs } from './layer-specs.js'
export { BatchNorm, type BatchNormOptions } from './layers/batch-norm.js'
export type { CallOptions } from './layers/call-options.js'
export { Conv2d, type Conv2dOptions } from './layers/conv2d.js'
export { Dense, type DenseOptions } from './layers/dense.js'
export { Dropout, type DropoutOptions } from './layers/dropout.js'
export { Im2colConv2d } from './layers/im2col-conv2d.js'
export type { Init } from './layers/initial-weights.js'
export { keyedLayers, type KeyedLayers, type PoolOptions } from './layers/keyed-layers.js'
export { SelectChannels, type SelectChannelsOptions } from './layers/select-channels.js'
export { ScaledTanh, type ScaledTanhOptions } from './layers/scaled-tanh.js'
export { UnitBias, type UnitBiasOptions } from './layers/unit-bias.js'
export { Windowed, type WindowedOptions } from './layers/windowed.js'
export { through } from './layers/through.js'
export { fold, unfold, type FoldOptions, type UnfoldOptions } from './layers/unfold.js'
export type { ModelConfig } from './model-config.js'
export { ModelError, type ModelErrorCode } from './model-error.js'
export { findModelInfo, modelInfo, modelKey, type ModelInfo } from './model-info.js'
export { exportOnnx } from './onnx/export-onnx.js'
export type { StockArtifacts } from './stock/stock-artifacts.js'
export type { HasStockForm, StockEntry } from './stock/stock-entry.js'
export {
  summarize,
  type LayerSummary,
  type ModelSummary,
  type ParameterSummary,
} from './summarize.js'
export { summary } from './summary.js'
export type { ZooActivation } from './zoo/activation-layer.js'
export { CNN } from './zoo/cnn.js'
export type { CNNOptions } from './zoo/cnn-options.js'
export { conv, type ConvOptions } from './zoo/conv.js'
export { convBlock, type ConvBlockOptions } from './zoo/conv-block.js'
export { LeCun1990 } from './zoo/lecun1990.js'
export type { LeCun1990Options } from './zoo/lecun1990-options.js'
export { LeNet5 } from './zoo/lenet5.js'
export type { LeNet5Options } from './zoo/lenet5-options.js'
export { LineCNN } from './zoo/line-cnn.js'
export type { LineCNNOptions } from './zoo/line-cnn-options.js'
export { LineCNNSimple } from './zoo/line-cnn-simple.js'
export type { LineCNNSimpleOptions } from './zoo/line-cnn-simple-options.js'
export { MLP } from './zoo/mlp.js'
export type { MLPOptions } from './zoo/mlp-options.js'
export { residualBlock, type ResidualBlockOptions } from './zoo/residual-block.js'
export { ResNet } from './zoo/resnet.js'
export type { ResNetOptions } from './zoo/resnet-options.js'
export { SimpleCNN } from './zoo/simple-cnn.js'
export type { SimpleCNNOptions } from './zoo/simple-cnn-options.js'
export { exportTfjs, type TfjsFiles } from './weights/export-tfjs.js'
export { exportSafetensors, type SafetensorsOptions } from './weights/export-safetensors.js'
export { importSafetensors } from './weights/import-safetensors.js'
export { torchWeights, type TorchWeight } from './weights/torch-weights.js'
