import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'

/** Attributes that TensorFlow.js gives to a convolution and its gradients. */
export interface ConvAttrs {
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  dataFormat: 'NHWC' | 'NCHW'
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
  dilations?: [number, number] | number
}

/** Works out a convolution's sizes and padding, as every backend does. */
export function conv2dGeometry(
  inputShape: number[],
  filterShape: number[],
  attrs: ConvAttrs,
  depthwise = false,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(attrs.dataFormat ?? 'NHWC'),
  )
}

/** Whether the composed kernels take it: float32, channels last, nothing empty. */
export function composable(attrs: ConvAttrs, ...infos: TensorInfo[]): boolean {
  return (
    (attrs.dataFormat ?? 'NHWC') === 'NHWC' &&
    infos.every(({ dtype, shape }) => dtype === 'float32' && !shape.includes(0))
  )
}
