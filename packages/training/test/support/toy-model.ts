import { MLP } from '@ductus/models'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { toyConfig } from './toy-data.js'

/** Builds a small network with dropout; the same seed gives the same weights. */
export function toyModel(seed = 5, fcDropout = 0.3): LayersModel {
  return MLP(toyConfig, { fc1: 16, fc2: 8, fcDropout }, { seed })
}
