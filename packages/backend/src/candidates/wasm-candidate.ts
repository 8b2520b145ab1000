import type { Candidate } from './candidate.js'

/** TensorFlow.js' WebAssembly backend and the training kernels that it lacks. */
export const wasmCandidate: Candidate = {
  name: 'wasm',
  tensorflowName: 'wasm',
  summary: 'WebAssembly with SIMD, plus the kernels that training needs',
  async load(options) {
    const { loadWasm } = await import('../wasm/load-wasm.js')
    return loadWasm(options)
  },
}
