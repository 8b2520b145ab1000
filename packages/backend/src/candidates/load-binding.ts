import * as tf from '@tensorflow/tfjs-core'
import type { NotReady, Ready } from './candidate.js'
import { restoreRemovedUtilities } from './restore-removed-utilities.js'

type Package = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'

const outcomes = new Map<Package, Promise<Ready | NotReady>>()
let loaded: Package | undefined

/** Imports one of TensorFlow's own bindings, once: a second try would end as the first did. */
export function loadBinding(name: Package): Promise<Ready | NotReady> {
  const outcome = outcomes.get(name) ?? importBinding(name)
  outcomes.set(name, outcome)
  return outcome
}

async function importBinding(name: Package): Promise<Ready | NotReady> {
  if (loaded)
    return { ok: false, reason: `${loaded} is loaded, and a process takes one of the two` }
  // The import makes its own backend the active one: that is for useBackend to decide.
  const active = tf.getBackend() as string | undefined
  restoreRemovedUtilities()
  try {
    // A variable, so that neither TypeScript nor a bundler looks for an optional package.
    const specifier: string = name
    const binding = (await import(specifier)) as { version?: Record<string, string> }
    loaded = name
    return { ok: true, description: `${name} ${binding.version?.['tfjs-node'] ?? ''}`.trim() }
  } catch (error) {
    forgetKernels()
    return { ok: false, reason: explain(name, error) }
  } finally {
    if (active && tf.getBackend() !== active) await tf.setBackend(active)
  }
}

/**
 * Takes back what a failed import registered before it failed: the next package of the two registers the same kernels,
 * and TensorFlow.js prints a line for each that is there already.
 */
function forgetKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) {
    tf.unregisterKernel(kernelName, 'tensorflow')
  }
}

/** Says in one line why the import failed: the package is absent, its binding is, or something else. */
function explain(name: Package, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  const text = message ?? String(error)
  const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  if (absent && text.includes(`'${name}'`)) {
    return `${name} is not installed (npm install ${name})`
  }
  if (text.includes('tfjs_binding.node') || text.includes('libtensorflow')) {
    return `${name} is installed without its binding (npm rebuild ${name} --build-addon-from-source)`
  }
  return `${name} failed to load: ${text.trim().split('\n')[0] ?? ''}`
}
