import {
  getKernelsForBackend,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'
import { markOrigin, originOf } from '../kernel-origin.js'
import { javascriptKernel } from './javascript-kernel.js'
import { ownKernels } from './own-kernels.js'
import { stockTakes } from './stock-dtypes.js'

/**
 * Gives `wasm` every kernel that `cpu` has: ours where there is one, the stock one guarded by what it gets right, the
 * JavaScript one for the rest. Calling it again changes nothing.
 */
export function registerKernels(): void {
  const stock = new Map(getKernelsForBackend('wasm').map((config) => [config.kernelName, config]))
  for (const { kernelName } of getKernelsForBackend('cpu')) {
    const config = stock.get(kernelName)
    if (config && originOf(config.kernelFunc)) continue
    if (config) unregisterKernel(kernelName, 'wasm')
    const kernelFunc = build(kernelName, config)
    registerKernel({ ...config, kernelName, backendName: 'wasm', kernelFunc })
  }
}

function build(name: string, stock: KernelConfig | undefined): KernelFunc {
  const javascript = javascriptKernel(name)
  const guarded = stock ? guard(name, stock.kernelFunc, javascript) : javascript
  const own = ownKernels[name]
  if (own) return markOrigin(own(stock?.kernelFunc ?? javascript, javascript, guarded), 'own')
  return markOrigin(guarded, stock ? 'guarded' : 'javascript')
}

/** The stock kernel for what it takes; what it does not take, and what it refuses, goes to JavaScript. */
function guard(name: string, stock: KernelFunc, javascript: KernelFunc): KernelFunc {
  return (args) => {
    if (!stockTakes(name, args.inputs, args.attrs ?? {})) return javascript(args)
    try {
      return stock(args)
    } catch (error) {
      if (fatal(error)) throw error
      return javascript(args)
    }
  }
}

/** What running the kernel elsewhere would only hide: a trap in WebAssembly, its memory full. */
function fatal(error: unknown): boolean {
  return (error instanceof Error && error.name === 'RuntimeError') || error instanceof BackendError
}
