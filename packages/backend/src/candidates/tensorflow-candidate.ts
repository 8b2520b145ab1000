import * as tf from '@tensorflow/tfjs-core'
import { detectGpu } from '../detect-gpu.js'
import { restoreRemovedUtilities } from './restore-removed-utilities.js'
import type { Candidate, NotReady, Ready } from './candidate.js'

/** What the bindings of TensorFlow.js 4.22 want of a graphics card; `ductus doctor` prints it. */
export const cudaExpectation =
  'an NVIDIA GPU with its driver, CUDA 11.8 and cuDNN 8.6, on Linux or Windows x64'

const removedFromAuto =
  '`native` is faster on a processor and installs without a download; ask for it by name'

/** `@tensorflow/tfjs-node-gpu`: libtensorflow on CUDA. Taken only where a GPU is seen. */
export const tensorflowGpuCandidate: Candidate = {
  name: 'tensorflow-gpu',
  tensorflowName: 'tensorflow',
  summary: '@tensorflow/tfjs-node-gpu, libtensorflow on CUDA (optional peer)',
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
  load: () => loadBinding('@tensorflow/tfjs-node'),
}

async function loadBinding(packageName: string): Promise<Ready | NotReady> {
  // The import makes its own backend the active one: that is for useBackend to decide.
  const active = tf.getBackend() as string | undefined
  restoreRemovedUtilities()
  try {
    // A variable, so that neither TypeScript nor a bundler looks for an optional package.
    const specifier: string = packageName
    const binding = (await import(specifier)) as { version?: Record<string, string> }
    const version = binding.version?.['tfjs-node'] ?? ''
    return { ok: true, description: `${packageName} ${version}`.trim() }
  } catch (error) {
    return { ok: false, reason: explain(packageName, error) }
  } finally {
    if (active && tf.getBackend() !== active) await tf.setBackend(active)
  }
}

/** Says in one line why the import failed: the package is absent, its binding is, or something else. */
function explain(packageName: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  const text = message ?? String(error)
  const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  if (absent && text.includes(packageName)) {
    return `${packageName} is not installed (npm install ${packageName})`
  }
  if (text.includes('tfjs_binding.node') || text.includes('libtensorflow')) {
    return `${packageName} is installed without its binding (npm rebuild ${packageName} --build-addon-from-source)`
  }
  return `${packageName} failed to load: ${text.trim().split('\n')[0] ?? ''}`
}
