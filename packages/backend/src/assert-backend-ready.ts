import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { activeBackend } from './active-backend.js'
import { BackendError } from './backend-error.js'

/**
 * Makes sure that `useBackend` has run and, with a model given, that the model was built after it.
 *
 * Weights that were made on another backend would be moved one by one at their first use, by synchronous reads, and
 * an optimizer's in-place update could not touch them.
 *
 * @param where what the caller is called by its users; the error opens with it. Defaults to `assertBackendReady`.
 * @throws BackendError `NOT_CHOSEN` before `useBackend`; `STALE_WEIGHTS` when a weight lives on another backend.
 */
export function assertBackendReady(
  model?: Pick<LayersModel, 'weights'>,
  where = 'assertBackendReady',
): void {
  const active = activeBackend()
  if (!active) throw new BackendError('NOT_CHOSEN', `${where}: ${notChosen()}`)
  const stale = model?.weights.filter((weight) => home(weight.read()) !== tf.backend()) ?? []
  const first = stale[0]
  if (!first) return
  const away = tf
    .engine()
    .backendNames()
    .find((name) => registered(name) === home(first.read()))
  throw new BackendError(
    'STALE_WEIGHTS',
    `${where}: expected a model whose weights are on "${active.name}", received ${stale.length} on ` +
      `"${away ?? 'a backend that is gone'}" (first: ${first.originalName}). ` +
      'The model was built before useBackend(): call useBackend() first, then build the model.',
  )
}

function notChosen(): string {
  const running = tf.getBackend() as string | undefined
  const found = running ? `"${running}", set by TensorFlow.js itself` : 'none'
  return `expected a backend chosen by useBackend(), received ${found}. Call "await useBackend()" first.`
}

interface Internals {
  registry: Record<string, tf.KernelBackend>
  state: { tensorInfo: WeakMap<object, { backend: tf.KernelBackend }> }
}
const internals = () => tf.engine() as unknown as Internals

function home(tensor: tf.Tensor): tf.KernelBackend | undefined {
  return internals().state.tensorInfo.get(tensor.dataId)?.backend
}

function registered(name: string): tf.KernelBackend | undefined {
  return internals().registry[name]
}
