import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { PoolGeometry } from '../../../native/addon.js'
import type { UnfoldAttributes } from '../../ops/unfold-kernels.js'
import { allFloat, type KernelCall, type KernelTable } from '../native-kernel.js'

function unfold({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo }, UnfoldAttributes>): TensorInfo | undefined {
  if (!allFloat(x)) return undefined
  const [batch, , , channels] = x.shape as [number, number, number, number]
  const [height, width] = attrs.kernel
  const patches = backend.output([batch, ...attrs.windows, height * width * channels])
  const geometry = windowGeometry(batch, channels, attrs)
  backend.addon.unfold(geometry, backend.floats(x), backend.floats(patches))
  return patches
}

function fold({
  inputs: { patches },
  attrs,
  backend,
}: KernelCall<{ patches: TensorInfo }, UnfoldAttributes>): TensorInfo | undefined {
  if (!allFloat(patches)) return undefined
  const [batch, , , values] = patches.shape as [number, number, number, number]
  const channels = values / (attrs.kernel[0] * attrs.kernel[1])
  const x = backend.output([batch, ...attrs.size, channels])
  const geometry = windowGeometry(batch, channels, attrs)
  backend.addon.fold(geometry, backend.floats(patches), backend.floats(x))
  return x
}

function windowGeometry(
  batch: number,
  channels: number,
  { kernel, strides, padding, dilation, size, windows }: UnfoldAttributes,
): PoolGeometry {
  return Int32Array.of(
    batch,
    size[0],
    size[1],
    channels,
    windows[0],
    windows[1],
    kernel[0],
    kernel[1],
    strides[0],
    strides[1],
    dilation[0],
    dilation[1],
    padding[0],
    padding[1],
  )
}

export const unfoldKernels: KernelTable = { DuctusUnfold: unfold, DuctusFold: fold }
