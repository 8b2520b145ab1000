import * as tf from '@tensorflow/tfjs-core'
import { BackendError } from './backend-error.js'
import { ownRequire } from './own-require.js'

/**
 * Makes sure that one copy of `@tensorflow/tfjs-core` is loaded. Copies share one engine by a global, but each has
 * its own Tensor class and registers every kernel again: with two, what one makes is strange to the other.
 */
export function assertOneCore(): void {
  const paths = loadedCores()
  if (paths.length < 2 && engineIsOurs()) return
  const found = paths.length > 1 ? paths.join(' and ') : 'another one bundled into this program'
  throw new BackendError(
    'SECOND_CORE',
    `useBackend: expected one copy of @tensorflow/tfjs-core, received ${found}. ` +
      'Let every package ask for the same version, run "npm dedupe", and keep it external when bundling.',
  )
}

/** CommonJS copies that this process has loaded; what Node imports of TensorFlow.js is CommonJS too. */
function loadedCores(): string[] {
  const { cache } = ownRequire()
  const core = /@tensorflow[\\/]tfjs-core[\\/]dist[\\/]tf-core[^\\/]*\.js$/
  return Object.keys(cache).filter((path) => core.test(path))
}

/** Whether the engine makes tensors of the class that this package imports. */
function engineIsOurs(): boolean {
  const nowhere = { disposeData: () => true } as unknown as tf.KernelBackend
  const probe = tf
    .engine()
    .makeTensorFromTensorInfo({ dataId: {}, shape: [], dtype: 'float32' }, nowhere)
  const ours = probe.constructor === tf.Tensor
  probe.dispose()
  return ours
}
