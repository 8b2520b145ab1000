import * as tf from '@tensorflow/tfjs-core'
import type { BackendOptions, NotReady, Ready } from '../candidates/candidate.js'
import { silenceBanner } from '../silence-banner.js'
import { extendFactory } from './extend-backend.js'
import { findWasmFolder } from './find-wasm-folder.js'
import { registerKernels } from './register-kernels.js'

/** Loads the WebAssembly backend, starts it and adds what it lacks. Calling it again changes nothing. */
export async function loadWasm(options: BackendOptions): Promise<Ready | NotReady> {
  await import('@tensorflow/tfjs-backend-cpu')
  silenceBanner(tf.findBackend('cpu'))
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
  registerKernels()
  extendFactory()
  const folder = findWasmFolder()
  if (!folder) {
    return {
      ok: false,
      reason: 'the .wasm files of @tensorflow/tfjs-backend-wasm are not where it is installed',
    }
  }
  try {
    setWasmPaths(folder)
  } catch {
    // It was started by someone else: its files were found.
  }
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) as boolean
  return {
    ok: true,
    description: `WebAssembly ${simd ? 'with SIMD ' : ''}on one core`,
    threads: 1,
    ...(simd ? { isa: 'wasm-simd' } : { isa: 'wasm' }),
    notices:
      options.threads !== undefined && options.threads > 1
        ? [`wasm runs on one core in Node: threads ${options.threads} was left aside`]
        : [],
  }
}
