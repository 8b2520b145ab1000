import type { BackendOptions, NotReady, Ready } from '../candidates/candidate.js'

/** Loads the addon and registers the `native` backend with TensorFlow.js. */
export async function loadNative(_options: BackendOptions): Promise<Ready | NotReady> {
  return { ok: false, reason: 'the addon is not built' }
}
