import { namedWeights, type NamedWeight } from '@ductus/backend'
import type * as tfl from '@tensorflow/tfjs-layers'
import { flattenedMap } from './flattened-map.js'
import { permute } from './permute.js'

/** A weight as PyTorch has it: another name, another order of axes. */
export interface TorchWeight {
  /** PyTorch's name, such as `conv1.weight`. */
  readonly name: string
  /** PyTorch's shape. */
  readonly shape: readonly number[]
  readonly weight: NamedWeight
  readonly toTorch: (values: ArrayLike<number>) => Float32Array
  readonly fromTorch: (values: ArrayLike<number>) => Float32Array
}

const torchNames: Readonly<Record<string, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
}

/**
 * Lists a model's weights as PyTorch has them: kernels of convolutions `[out, in, height, width]`, of dense layers
 * `[out, in]`, and what follows a flatten layer in PyTorch's order, channels first.
 *
 * @param names PyTorch's names of layers where they aren't ours, such as `{ conv1: 'conv1.conv' }`
 */
export function torchWeights(
  model: tfl.LayersModel,
  names: Readonly<Record<string, string>> = {},
): TorchWeight[] {
  const layers = new Map(allLayers(model).map((layer) => [layer.name, layer]))
  return namedWeights(model).flatMap((weight) => {
    const place = weight.name.lastIndexOf('/')
    const [path, kind] = [weight.name.slice(0, place), weight.name.slice(place + 1)]
    const torchName = torchNames[kind]
    // The ones of a UnitBias are there for files of TensorFlow.js alone.
    if (!torchName) return []
    const module = names[path] ?? path.replaceAll('/', '.')
    const order = torchOrder(layers.get(weight.layer)!, weight.variable.shape)
    return [{ name: `${module}.${torchName}`, weight, ...order }]
  })
}

/** How numbers go between our axes and PyTorch's. */
function torchOrder(layer: tfl.layers.Layer, shape: readonly number[]) {
  const map = flattenedMap(layer)
  const features = shape[0]!
  if (shape.length === 4) return reorder(shape, [3, 2, 0, 1])
  if (shape.length === 2)
    return map
      ? reorder([...map, shape[1]!], [3, 2, 0, 1], [shape[1]!, features])
      : reorder(shape, [1, 0])
  if (map && layer.getClassName() !== 'Dense')
    return reorder(map, [2, 0, 1], layer.getClassName() === 'UnitBias' ? undefined : shape)
  return reorder(shape, [0])
}

function reorder(ours: readonly number[], order: readonly number[], shape?: readonly number[]) {
  const theirs = order.map((axis) => ours[axis]!)
  const back = ours.map((_, axis) => order.indexOf(axis))
  return {
    shape: shape ?? theirs,
    toTorch: (values: ArrayLike<number>) => permute(values, ours, order),
    fromTorch: (values: ArrayLike<number>) => permute(values, theirs, back),
  }
}

function allLayers(model: { readonly layers: tfl.layers.Layer[] }): tfl.layers.Layer[] {
  return model.layers.flatMap((layer) =>
    'layers' in layer ? allLayers(layer as unknown as tfl.LayersModel) : [layer],
  )
}
