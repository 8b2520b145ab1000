import { backend_util } from '@tensorflow/tfjs-core'
import type { ConvGeometry } from '../../../native/addon.js'

/** How stock convolution kernels say what they want. */
export interface StockConvAttributes {
  strides: number | [number, number]
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding
  dilations?: number | [number, number] | null
  dataFormat?: 'NHWC' | 'NCHW'
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

export interface ConvPlan {
  geometry: ConvGeometry
  outShape: [number, number, number, number]
}

type Shape4 = [number, number, number, number]

/** Plans are few and asked for at every step: kept by all that they depend on. */
const plans = new Map<string, ConvPlan | null>()
const mostPlans = 4096

/** Works out a convolution's geometry; null when our kernels do not take it. */
export function convPlan(
  xShape: number[],
  filterShape: number[],
  attributes: StockConvAttributes,
  depthwise = false,
): ConvPlan | null {
  const { strides, pad, dilations, dataFormat, dimRoundingMode } = attributes
  const padKey = typeof pad === 'object' ? pad.join() : pad
  const key = `${xShape.join()}|${filterShape.join()}|${String(strides)}|${padKey}|${String(dilations)}|${dataFormat ?? ''}|${dimRoundingMode ?? ''}|${depthwise}`
  let plan = plans.get(key)
  if (plan === undefined) {
    if (plans.size >= mostPlans) plans.clear()
    plan = makePlan(xShape as Shape4, filterShape as Shape4, attributes, depthwise)
    plans.set(key, plan)
  }
  return plan
}

function makePlan(
  xShape: Shape4,
  filterShape: Shape4,
  { strides, pad, dilations, dataFormat, dimRoundingMode }: StockConvAttributes,
  depthwise: boolean,
): ConvPlan | null {
  if (xShape.length !== 4 || dataFormat === 'NCHW') return null
  const info = backend_util.computeConv2DInfo(
    xShape,
    filterShape,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  )
  if (info.outShape.some((size) => size < 0)) return null
  return {
    outShape: info.outShape,
    geometry: Int32Array.of(
      info.batchSize,
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
      info.outChannels,
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.dilationHeight,
      info.dilationWidth,
      info.padInfo.top,
      info.padInfo.left,
    ),
  }
}
