import { tidy } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { LayersModel, layers as LayerTypes } from '@tensorflow/tfjs-layers'
import { fusedTwins } from './fused-twins.js'
import type { Twin } from './fused-twins.js'

type Layer = LayerTypes.Layer

export interface AccelerateOptions {
  /** Seed of the dropout masks. Defaults to 42. */
  seed?: number
}

export interface Acceleration {
  /** Names of the layers that compute by fused ops now. */
  accelerated: string[]
  /** Layers of the same classes that stay as they are, and why. */
  left: { layer: string; reason: string }[]
}

/**
 * Makes the layers of a stock tf.layers model compute by fused ops: convolution, depthwise convolution, dense,
 * dropout, batch normalisation and activation, nested models and wrapped layers included. Weights, names, topology
 * and saved files stay what they were; so do the results, but for rounding and for dropout's masks, which are keyed
 * by `seed` and a count of calls. TensorFlow.js itself doesn't fuse while gradients are recorded.
 *
 * @example
 * const model = await tf.loadLayersModel('file://model.json')
 * accelerate(model)
 */
export function accelerate(
  model: LayersModel,
  { seed = 42 }: AccelerateOptions = {},
): Acceleration {
  const twins = fusedTwins()
  const result: Acceleration = { accelerated: [], left: [] }
  for (const layer of layersOf(model)) {
    const twin = twins[layer.getClassName()]
    if (!twin) continue
    const reason = obstacle(layer, twin)
    if (reason !== undefined) result.left.push({ layer: layer.name, reason })
    else {
      swap(layer, twin, seed)
      result.accelerated.push(layer.name)
    }
  }
  return result
}

/** Every layer once: those of nested models and of wrappers too. */
function layersOf(model: LayersModel): Layer[] {
  const found = new Set<Layer>()
  const visit = (layer: Layer) => {
    if (found.has(layer)) return
    found.add(layer)
    const { layers, layer: wrapped } = layer as unknown as { layers?: Layer[]; layer?: Layer }
    layers?.forEach(visit)
    if (wrapped) visit(wrapped)
  }
  model.layers.forEach(visit)
  return [...found]
}

function obstacle(layer: Layer, twin: Twin): string | undefined {
  if (layer.call !== twin.stock.call) return 'it has a method of its own'
  return twin.obstacle(layer as never)
}

function swap(layer: Layer, twin: Twin, seed: number): void {
  const call = twin.call(layer as never, layer.name, seed)
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs
    return tidy((): Tensor => call(x, kwargs?.training === true))
  }
}
