import { activeBackend, assertBackendReady } from '@ductus/backend'
import type { LitModule } from '../modules/lit-module.js'

/**
 * Refuses models that were built before `useBackend`: their weights live on another backend. Who chose a backend by
 * TensorFlow.js' own means is let through.
 */
export function assertModelsReady(module: LitModule, where: string): void {
  if (!activeBackend()) return
  for (const model of Object.values(module.models)) assertBackendReady(model, where)
}
