import { backend_util, util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { PoolGeometry } from '../../../native/addon.js'
import { allFloat } from '../native-kernel.js'
import type { KernelCall, KernelTable } from '../native-kernel.js'

interface PoolAttributes {
  filterSize: number | [number, number]
  strides: number | [number, number]
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

interface PoolPlan {
  geometry: PoolGeometry
  outShape: number[]
  /** TensorFlow.js takes a window of one that keeps the shape for no pooling at all, whatever the padding. */
  identity: boolean
}

const plans = new Map<string, PoolPlan>()
const mostPlans = 4096

function poolPlan(shape: number[], attributes: PoolAttributes): PoolPlan | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attributes
  const padKey = typeof pad === 'object' ? pad.join() : pad
  const key = `${shape.join()}|${String(filterSize)}|${String(strides)}|${padKey}|${dimRoundingMode ?? ''}`
  let plan = plans.get(key)
  if (!plan) {
    const info = backend_util.computePool2DInfo(
      shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    )
    if (info.outShape.some((size) => size < 0)) return undefined
    plan = {
      outShape: info.outShape,
      identity:
        info.filterHeight === 1 &&
        info.filterWidth === 1 &&
        util.arraysEqual(info.inShape, info.outShape),
      geometry: Int32Array.of(
        info.batchSize,
        info.inHeight,
        info.inWidth,
        info.inChannels,
        info.outHeight,
        info.outWidth,
        info.filterHeight,
        info.filterWidth,
        info.strideHeight,
        info.strideWidth,
        1,
        1,
        info.padInfo.top,
        info.padInfo.left,
      ),
    }
    if (plans.size >= mostPlans) plans.clear()
    plans.set(key, plan)
  }
  return plan
}

function maxPool({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo }, PoolAttributes>): TensorInfo | undefined {
  const plan = allFloat(x) ? poolPlan(x.shape, attrs) : undefined
  if (!plan) return undefined
  if (plan.identity) return backend.alias(x)
  const y = backend.output(plan.outShape)
  backend.addon.maxPool(plan.geometry, backend.floats(x), backend.floats(y))
  return y
}

function maxPoolGradient({
  inputs: { dy, input },
  attrs,
  backend,
}: KernelCall<{ dy: TensorInfo; input: TensorInfo }, PoolAttributes>): TensorInfo | undefined {
  const plan = allFloat(dy, input) ? poolPlan(input.shape, attrs) : undefined
  if (!plan) return undefined
  const dx = backend.output(input.shape)
  backend.addon.maxPoolGradient(
    plan.geometry,
    backend.floats(input),
    backend.floats(dy),
    backend.floats(dx),
  )
  return dx
}

function avgPool({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo }, PoolAttributes>): TensorInfo | undefined {
  const plan = allFloat(x) ? poolPlan(x.shape, attrs) : undefined
  if (!plan) return undefined
  if (plan.identity) return backend.alias(x)
  const y = backend.output(plan.outShape)
  backend.addon.avgPool(plan.geometry, false, backend.floats(x), backend.floats(y))
  return y
}

function avgPoolGradient({
  inputs: { dy, input },
  attrs,
  backend,
}: KernelCall<{ dy: TensorInfo; input: TensorInfo }, PoolAttributes>): TensorInfo | undefined {
  const plan = allFloat(dy) ? poolPlan(input.shape, attrs) : undefined
  if (!plan) return undefined
  const dx = backend.output(input.shape)
  // TensorFlow.js counts padding in the gradient, though not forwards.
  backend.addon.avgPoolGradient(plan.geometry, true, backend.floats(dy), backend.floats(dx))
  return dx
}

export const poolingKernels: KernelTable = {
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
  AvgPool: avgPool,
  AvgPoolGrad: avgPoolGradient,
}
