import type { Candidate } from './candidate.js'

/** Our C++ kernels behind Node-API. */
export const nativeCandidate: Candidate = {
  name: 'native',
  tensorflowName: 'native',
  summary: 'C++ kernels behind Node-API, no other library',
  async load(options) {
    const { loadNative } = await import('../native/load-native.js')
    return loadNative(options)
  },
}
