import type { Tensor4D } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { ensureKernels } from './ensure-kernels.js'
import { floatTensor } from './float-tensor.js'
import { runKernel } from './run-kernel.js'
import type { UnfoldAttributes } from './unfold-kernels.js'

/** How windows go over an image, `[rows, columns]` of each. */
export type WindowGeometry = Omit<UnfoldAttributes, 'size' | 'windows'>

/**
 * Lays out the windows of images (im2col): `[batch, height, width, channels]` to
 * `[batch, rows, columns, kernel height · kernel width · channels]`, zeros where a window leaves the image.
 * Differentiable.
 *
 * @throws BackendError `INVALID_ARGUMENT` for an image that the window does not fit into
 */
export function unfoldPatches(x: Tensor4D, geometry: WindowGeometry): Tensor4D {
  ensureKernels()
  const size = [x.shape[1], x.shape[2]] as const
  const attributes = { ...geometry, size, windows: windowsOf(size, geometry) }
  return runKernel<Tensor4D>('DuctusUnfold', { x: floatTensor(x) }, attributes)
}

/**
 * Puts windows back in their places, adding where they overlap: the transpose of {@link unfoldPatches}, to images
 * `[batch, height, width, channels]` of the given size. Differentiable.
 *
 * @throws BackendError `INVALID_ARGUMENT` for patches that are not of such an image
 */
export function foldPatches(
  patches: Tensor4D,
  geometry: WindowGeometry,
  size: readonly [number, number],
): Tensor4D {
  const windows = windowsOf(size, geometry)
  const [, rows, columns, values] = patches.shape
  const taps = geometry.kernel[0] * geometry.kernel[1]
  if (rows !== windows[0] || columns !== windows[1] || values % taps !== 0) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `foldPatches: expected [batch, ${windows.join(', ')}, ${taps}·channels], received ` +
        `[${patches.shape.join(', ')}]. Unfold with the same geometry.`,
    )
  }
  ensureKernels()
  const attributes = { ...geometry, size, windows }
  return runKernel<Tensor4D>('DuctusFold', { patches: floatTensor(patches) }, attributes)
}

function windowsOf(
  size: readonly [number, number],
  { kernel, strides, padding, dilation }: WindowGeometry,
): [number, number] {
  return [0, 1].map((i) => {
    const room = size[i]! + 2 * padding[i]! - dilation[i]! * (kernel[i]! - 1) - 1
    if (room >= 0) return Math.floor(room / strides[i]!) + 1
    throw new BackendError(
      'INVALID_ARGUMENT',
      `unfoldPatches: expected an image that the window fits into, received ${size.join('×')}. ` +
        'Use a larger image, more padding or a smaller window.',
    )
  }) as [number, number]
}
