import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { ModelError } from '../model-error.js'
import { nearest } from '../nearest.js'
import type { SafetensorsOptions } from './export-safetensors.js'
import { decodeSafetensors, floatsOf, type FileTensor } from './safetensors.js'
import { torchWeights, type TorchWeight } from './torch-weights.js'

/** Options of {@link importSafetensors}. */
export interface ImportSafetensorsOptions extends SafetensorsOptions {
  /** Whether NaN and infinities are an error, or taken as they are. Defaults to `refuse`. */
  readonly nonFinite?: 'refuse' | 'take'
}

/**
 * Takes weights of PyTorch, in the safetensors format, into a model: the same logits come out. Nothing is changed
 * unless all of them fit; `num_batches_tracked` of batch norm is passed over.
 *
 * @param file what `safetensors.torch.save_file(model.state_dict(), …)` or {@link exportSafetensors} writes
 * @throws ModelError `BAD_FILE` for a damaged file or a tensor missing, left over, of another dtype or shape, or with NaN or
 * infinities; it names the tensor
 */
export function importSafetensors(
  model: tfl.LayersModel,
  file: Uint8Array,
  { names = {}, nonFinite = 'refuse' }: ImportSafetensorsOptions = {},
): void {
  const tensors = decodeSafetensors(file)
  const weights = torchWeights(model, names)
  checkLeftOver([...tensors.keys()], weights)
  const values = weights.map((weight) => {
    const tensor = tensors.get(weight.name)
    checkTensor(weight, tensor, [...tensors.keys()])
    const floats = floatsOf(tensor)
    if (nonFinite === 'refuse') checkFinite(weight.name, floats)
    return weight.fromTorch(floats)
  })
  tf.tidy(() => {
    for (const [i, { weight }] of weights.entries()) {
      weight.variable.assign(tf.tensor(values[i]!, weight.variable.shape))
    }
  })
}

function checkTensor(
  { name, shape }: TorchWeight,
  tensor: FileTensor | undefined,
  found: readonly string[],
): asserts tensor is FileTensor {
  if (!tensor) {
    const near = nearest(name, found)
    throw misfit(
      `tensor "${name}"`,
      near ? `"${near}"` : 'none of that name',
      'Give `names` where layers are called otherwise',
    )
  }
  if (tensor.dtype !== 'F32') {
    throw misfit(
      `tensor "${name}" of dtype F32`,
      tensor.dtype,
      'Convert it by .float() before you save',
    )
  }
  const expected = shape.join(', ')
  if (
    tensor.shape.join(', ') !== expected ||
    tensor.bytes.length !== 4 * shape.reduce((a, b) => a * b, 1)
  ) {
    throw misfit(
      `tensor "${name}" of shape [${expected}]`,
      `[${tensor.shape.join(', ')}] in ${tensor.bytes.length} bytes`,
      'Build the model with the options and classes that the weights belong to',
    )
  }
}

function checkFinite(name: string, values: Float32Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  throw misfit(
    `finite numbers in tensor "${name}"`,
    `${values[at]} at place ${at}`,
    "Save weights of a run that did not diverge, or give nonFinite: 'take'",
  )
}

function checkLeftOver(found: readonly string[], weights: readonly TorchWeight[]): void {
  const known = new Set(weights.map(({ name }) => name))
  const extra = found.find((name) => !known.has(name) && !name.endsWith('.num_batches_tracked'))
  if (extra === undefined) return
  const near = nearest(extra, [...known])
  throw misfit(
    'tensors of the model alone',
    `"${extra}"`,
    near
      ? `Did you mean "${near}"? Give \`names\` where layers are called otherwise`
      : 'Build the model that it belongs to',
  )
}

function misfit(expected: string, received: string, fix: string): ModelError {
  return new ModelError(
    'BAD_FILE',
    `importSafetensors: expected ${expected}, received ${received}. ${fix}.`,
  )
}
