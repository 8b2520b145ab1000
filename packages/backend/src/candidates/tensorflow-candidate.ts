import { detectGpu } from '../detect-gpu.js'
import type { Candidate } from './candidate.js'
import { loadBinding } from './load-binding.js'

/** What the bindings of TensorFlow.js 4.22 want of a graphics card; `ductus doctor` prints it. */
export const cudaExpectation =
  'libtensorflow 2.9.1, so an NVIDIA GPU with its driver, CUDA 11.2 and cuDNN 8.1, on Linux or Windows x64'

const untried = 'detected, explained and fallen back from; not yet run against a real binding'
const removedFromAuto =
  '`native` is faster on a processor and installs without a download; ask for it by name'

/** `@tensorflow/tfjs-node-gpu`: libtensorflow on CUDA. Taken only where a GPU is seen. */
export const tensorflowGpuCandidate: Candidate = {
  name: 'tensorflow-gpu',
  tensorflowName: 'tensorflow',
  summary: '@tensorflow/tfjs-node-gpu, libtensorflow on CUDA (optional peer)',
  caveat: `wants ${cudaExpectation}; ${untried}`,
  async load(options) {
    if (options.gpu === false) return { ok: false, reason: 'the GPU was not asked for' }
    const gpu = await detectGpu()
    if (!gpu.present) return { ok: false, reason: `no GPU seen: ${gpu.reason}` }
    const loaded = await loadBinding('@tensorflow/tfjs-node-gpu')
    if (!loaded.ok)
      return { ...loaded, reason: `${gpu.devices.join(', ')} seen, but ${loaded.reason}` }
    return { ...loaded, description: `${loaded.description} on ${gpu.devices.join(', ')}` }
  },
}

/** `@tensorflow/tfjs-node`: libtensorflow on the processor. */
export const tensorflowCandidate: Candidate = {
  name: 'tensorflow',
  tensorflowName: 'tensorflow',
  summary: '@tensorflow/tfjs-node, libtensorflow on the processor (optional peer)',
  onlyWhenAsked: removedFromAuto,
  caveat: untried,
  load: () => loadBinding('@tensorflow/tfjs-node'),
}
