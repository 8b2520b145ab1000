import type * as tfl from '@tensorflow/tfjs-layers'
import { findModelInfo } from '../model-info.js'
import { encodeSafetensors } from './safetensors.js'
import { torchWeights } from './torch-weights.js'

/** Options of {@link exportSafetensors} and {@link importSafetensors}. */
export interface SafetensorsOptions {
  /** PyTorch's names of layers where they aren't ours, such as `{ conv1: 'conv1.conv' }`. */
  readonly names?: Readonly<Record<string, string>>
}

/**
 * Writes a model's weights as PyTorch has them, in the safetensors format: `model.load_state_dict(load_file(path))`
 * takes them into a network with layers of the same names.
 *
 * Kernels are `[out, in, height, width]` and `[out, in]`, values after a flatten layer are in PyTorch's order, batch
 * norm's statistics are there (without `num_batches_tracked`, which PyTorch fills in itself).
 */
export async function exportSafetensors(
  model: tfl.LayersModel,
  { names = {} }: SafetensorsOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = await Promise.all(
    torchWeights(model, names).map(async ({ name, shape, weight, toTorch }) => ({
      name,
      shape,
      values: toTorch(await weight.variable.data()),
    })),
  )
  const info = findModelInfo(model)
  const metadata = {
    format: 'pt',
    ...(info && { model: info.name, options: JSON.stringify(info.options) }),
  }
  return encodeSafetensors(tensors, metadata)
}
