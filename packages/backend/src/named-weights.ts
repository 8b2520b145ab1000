import type { Variable } from '@tensorflow/tfjs-core'
import type { LayersModel, layers } from '@tensorflow/tfjs-layers'
import { BackendError } from './backend-error.js'

type Layer = layers.Layer
type LayerVariable = LayersModel['weights'][number]

/** A model's weight under a name that lasts. */
export interface NamedWeight {
  /** `layer/weight`, such as `fc1/kernel`. The same in every process. */
  name: string
  variable: Variable
  trainable: boolean
  /** The layer's own name. */
  layer: string
}

/**
 * Names a model's weights, in the order of its layers: `layer/weight`, from the names that the layers were given.
 *
 * TensorFlow.js' own names (`conv2d_Conv2D7/kernel_1`) count what the process made before. A layer that was never
 * given a name is called by its kind and its place in this model (`conv2d_1/kernel`) instead. The layers of a model
 * inside the model come under its name (`encoder/conv1/kernel`).
 *
 * @throws BackendError `DUPLICATE_WEIGHT` when two weights would share a name.
 */
export function namedWeights(model: Pick<LayersModel, 'layers'>): NamedWeight[] {
  const named = collect(model.layers, '')
  const seen = new Set<string>()
  for (const { name } of named) {
    if (seen.has(name)) {
      throw new BackendError(
        'DUPLICATE_WEIGHT',
        `namedWeights: expected every weight to have its own name, received "${name}" twice. ` +
          'Give each layer a name of its own.',
      )
    }
    seen.add(name)
  }
  return named
}

function collect(layers: readonly Layer[], prefix: string): NamedWeight[] {
  const counts = new Map<string, number>()
  const done = new Set<LayerVariable>()
  return layers.flatMap((layer) => {
    const path = prefix + lastingName(layer, counts)
    const inner = (layer as Layer & { layers?: readonly Layer[] }).layers
    if (inner) return collect(inner, `${path}/`)
    return layer.weights.flatMap((weight) => {
      if (done.has(weight)) return []
      done.add(weight)
      return [entry(weight, path, layer.name)]
    })
  })
}

/** A layer's given name, or its kind and place where TensorFlow.js made the name up. */
function lastingName(layer: Layer, counts: Map<string, number>): string {
  const kind = layer.getClassName()
  const snake = toSnakeCase(kind)
  if (!new RegExp(`^${snake}_${kind}\\d+$`).test(layer.name)) return layer.name
  const place = (counts.get(snake) ?? 0) + 1
  counts.set(snake, place)
  return `${snake}_${place}`
}

function toSnakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

function entry(weight: LayerVariable, path: string, layer: string): NamedWeight {
  // `originalName` is `scope/…/kernel` as asked for, without the suffix that makes it unique in the process.
  const scoped = weight.originalName
  const own = scoped.startsWith(`${layer}/`) ? scoped.slice(layer.length + 1) : lastPart(scoped)
  return {
    name: `${path}/${own}`,
    variable: weight.read() as Variable,
    trainable: weight.trainable,
    layer,
  }
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
