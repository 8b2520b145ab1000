import { layerMacs, layerParameters, type ParameterCost } from './layer-parameters.js'
import type { LayerSpec } from './layer-spec.js'
import { peakMemory } from './peak-memory.js'
import { receptiveFields, type ReceptiveField } from './receptive-field.js'
import { shapeLayers, sizeOf } from './shape-layers.js'

/** What one layer costs. */
export interface LayerCost {
  readonly name: string
  readonly kind: LayerSpec['kind']
  readonly inputShape: readonly number[]
  /** `[height, width, channels]` or `[features]`, without the batch. */
  readonly outputShape: readonly number[]
  /** Its tensors of weights. */
  readonly parameters: readonly ParameterCost[]
  /** All numbers in them, but running statistics. */
  readonly parameterCount: number
  /** Multiply-accumulates for one image; undefined for a layer that the arithmetic doesn't know. */
  readonly macs: number | undefined
  /** Numbers in its output for one image. */
  readonly activations: number
  /** What a unit sees of the input; undefined where it sees all. */
  readonly receptiveField: ReceptiveField | undefined
}

/** What a network costs. Bytes are of float32; a MB is a million bytes. */
export interface NetworkCost {
  readonly input: readonly number[]
  readonly batch: number
  readonly layers: readonly LayerCost[]
  readonly parameters: number
  /** Those without the biases. */
  readonly kernelParameters: number
  /** Memory of all weights, running statistics included. */
  readonly weightBytes: number
  /** Multiply-accumulates for one image, without those of `unknownMacs`. */
  readonly macs: number
  /** Names of the layers whose multiply-accumulates nobody knows. */
  readonly unknownMacs: readonly string[]
  /** Numbers in the input and all maps of one image. */
  readonly activations: number
  /** Memory for the maps of one image in inference: the most that is alive at a time. */
  readonly inferenceBytes: number
  /** Memory for the maps of one image in training: the input and all outputs, kept for the gradients. */
  readonly trainingBytes: number
  /** `inferenceBytes` for the batch. */
  readonly batchInferenceBytes: number
  /** `trainingBytes` for the batch. */
  readonly batchTrainingBytes: number
  /** Name of the layer with the most parameters; undefined when none has any. */
  readonly biggestForStorage: string | undefined
  /** Name of the layer with the most multiply-accumulates; undefined when none has any. */
  readonly biggestForCompute: string | undefined
}

const floatBytes = 4

/**
 * Works out what a network costs, layer by layer: shapes, parameters, multiply-accumulates, memory, receptive fields.
 *
 * @param input `[height, width, channels]` of one image
 * @param options `batch` is the number of images; defaults to 1
 * @throws ModelError `BAD_SHAPE` when a layer can't take what comes
 * @example
 * const cost = costOf(parseLayers('conv 100 3 s2 p1; conv 200 3 s2 p1; conv 400 3 s2 p1'), [200, 300, 3], { batch: 50 })
 * cost.batchTrainingBytes / 1e6 // 562
 */
export function costOf(
  layers: readonly LayerSpec[],
  input: readonly number[],
  { batch = 1 }: { batch?: number } = {},
): NetworkCost {
  const shaped = shapeLayers(layers, input)
  const fields = receptiveFields(shaped)
  const costs = shaped.map((layer): LayerCost => {
    const parameters = layerParameters(layer)
    return {
      name: layer.name,
      kind: layer.spec.kind,
      inputShape: layer.inputShape,
      outputShape: layer.outputShape,
      parameters,
      parameterCount: parameters.reduce(
        (total, { count, statistic }) => total + (statistic ? 0 : count),
        0,
      ),
      macs: layerMacs(layer),
      activations: layer.windows * sizeOf(layer.outputShape),
      receptiveField: fields.get(layer.name),
    }
  })
  const sum = (of: (cost: LayerCost) => number) =>
    costs.reduce((total, cost) => total + of(cost), 0)
  const parameters = sum((cost) => cost.parameterCount)
  const activations = sizeOf(input) + sum((cost) => cost.activations)
  const inferenceBytes = floatBytes * peakMemory(shaped, sizeOf(input))
  const trainingBytes = floatBytes * activations
  return {
    input,
    batch,
    layers: costs,
    parameters,
    kernelParameters: sum(({ parameters: tensors }) =>
      tensors.reduce(
        (n, { name, count, statistic }) => n + (name.endsWith('/bias') || statistic ? 0 : count),
        0,
      ),
    ),
    weightBytes: floatBytes * sum((cost) => cost.parameters.reduce((n, { count }) => n + count, 0)),
    macs: sum((cost) => cost.macs ?? 0),
    unknownMacs: costs.flatMap(({ name, macs }) => (macs === undefined ? [name] : [])),
    activations,
    inferenceBytes,
    trainingBytes,
    batchInferenceBytes: batch * inferenceBytes,
    batchTrainingBytes: batch * trainingBytes,
    biggestForStorage: biggest(costs, (cost) => cost.parameterCount),
    biggestForCompute: biggest(costs, (cost) => cost.macs ?? 0),
  }
}

function biggest(costs: readonly LayerCost[], of: (cost: LayerCost) => number): string | undefined {
  const most = Math.max(0, ...costs.map(of))
  return most === 0 ? undefined : costs.find((cost) => of(cost) === most)?.name
}
