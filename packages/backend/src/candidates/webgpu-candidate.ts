import type { Candidate } from './candidate.js'

/** Keeps WebGPU's place in the order; no version of this package runs it yet. */
export const webgpuCandidate: Candidate = {
  name: 'webgpu',
  tensorflowName: 'webgpu',
  summary: 'WebGPU by Dawn: any modern GPU, no CUDA',
  async load() {
    return { ok: false, reason: 'not part of this version of @ductus/backend' }
  },
}
