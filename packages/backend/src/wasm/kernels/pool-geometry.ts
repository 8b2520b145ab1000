import { backend_util } from '@tensorflow/tfjs-core'

/** Attributes that TensorFlow.js gives to pooling and its gradients. */
export interface PoolAttrs {
  filterSize: [number, number] | number
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** Works out a pooling's sizes and padding, as every backend does. */
export function poolGeometry(shape: number[], attrs: PoolAttrs): backend_util.Conv2DInfo {
  return backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  )
}

/** The part of a window that lies in the image, in input pixels. */
export interface PoolWindow {
  image: number
  top: number
  bottom: number
  left: number
  right: number
}

/** Visits every window with the number of the output pixel that it makes. The window object is reused. */
export function eachWindow(
  info: backend_util.Conv2DInfo,
  visit: (window: PoolWindow, outPixel: number) => void,
): void {
  const window: PoolWindow = { image: 0, top: 0, bottom: 0, left: 0, right: 0 }
  let out = 0
  for (let n = 0; n < info.batchSize; n++) {
    window.image = n * info.inHeight * info.inWidth
    for (let r = 0; r < info.outHeight; r++) {
      const top = r * info.strideHeight - info.padInfo.top
      window.top = Math.max(0, top)
      window.bottom = Math.min(info.inHeight, top + info.filterHeight)
      for (let c = 0; c < info.outWidth; c++) {
        const left = c * info.strideWidth - info.padInfo.left
        window.left = Math.max(0, left)
        window.right = Math.min(info.inWidth, left + info.filterWidth)
        visit(window, out++)
      }
    }
  }
}
