import { getKernel, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/** Runs a kernel of the `wasm` backend and remembers its output. */
export type RunKernel = (
  name: string,
  inputs: Record<string, TensorInfo | undefined>,
  attrs?: Record<string, unknown>,
) => TensorInfo

/** What a composed kernel works with. */
export interface Composition {
  run: RunKernel
  /** Has an intermediate that was made by hand freed with the others. */
  keepTrack: (made: TensorInfo) => TensorInfo
}

/**
 * Computes a kernel by other kernels and frees every intermediate, also when one throws. The engine does not track
 * what is made inside a kernel: whatever is left behind there is lost for good.
 */
export function composeKernel(
  backend: BackendWasm,
  body: (composition: Composition) => TensorInfo,
): TensorInfo {
  const made: TensorInfo[] = []
  let result: TensorInfo | undefined
  const keepTrack = (info: TensorInfo) => {
    made.push(info)
    return info
  }
  const run: RunKernel = (name, inputs, attrs = {}) => {
    const kernel = getKernel(name, 'wasm')
    const output = kernel.kernelFunc({
      inputs: inputs,
      backend,
      attrs: attrs as NamedAttrMap,
    })
    return keepTrack(output as TensorInfo)
  }
  try {
    result = body({ run, keepTrack })
    return result
  } finally {
    for (const info of made) if (info !== result) backend.disposeData(info.dataId)
  }
}
