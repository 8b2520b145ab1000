import { backend } from '@tensorflow/tfjs-core'
import type { AdagradUpdate } from './update-adagrad.js'
import type { AdamUpdate } from './update-adam.js'
import type { RmspropUpdate } from './update-rmsprop.js'
import type { SgdUpdate } from './update-sgd.js'

/** Updates that a backend of ours does in one pass over the arrays, in place. Each says whether it did. */
export interface FusedUpdates {
  sgd(update: Required<SgdUpdate>): boolean
  adam(update: Required<AdamUpdate>): boolean
  rmsprop(update: Required<RmspropUpdate>): boolean
  adagrad(update: Required<AdagradUpdate>): boolean
}

/** Where a backend object keeps its fused updates. */
export const fusedUpdatesKey = Symbol.for('ductus.fusedUpdates')

/** The current backend's fused updates, if it has any. */
export function fusedUpdates(): FusedUpdates | undefined {
  return (backend() as { [fusedUpdatesKey]?: FusedUpdates })[fusedUpdatesKey]
}
