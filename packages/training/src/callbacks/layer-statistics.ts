import {
  abs,
  cast,
  concat,
  greaterEqual,
  lessEqual,
  max,
  mean,
  moments,
  reshape,
  scalar,
  sqrt,
  stack,
  sub,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core'
import {
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers'
import type { Batch } from '@ductus/data'
import type { LayerChoice } from '../modules/freeze.js'
import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'

/** What a layer gave for a batch, in numbers. */
export interface LayerStatistics {
  layer: string
  mean: number
  std: number
  /** Share of units (the last axis) that gave nothing above 0, anywhere in the batch. */
  deadShare: number
  /** Share of outputs within a hundredth of an end of the activation's range; undefined where it has none. */
  saturatedShare: number | undefined
}

type Layer = LayersModel['layers'][number]
type Range = readonly [low: number, high: number]

/** A layer of these does no more than hand on what it is given. */
const handsOn = /^(InputLayer|Flatten|Reshape|Permute|RepeatVector|.*Dropout|.*Padding.*|.*Noise)$/

const ranges: Readonly<Record<string, Range>> = {
  tanh: [-1, 1],
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  softsign: [-1, 1],
}

/** Measures what layers give for a batch; knows which. */
export interface LayerMeasure {
  (batch: Batch): Promise<LayerStatistics[]>
  readonly layers: readonly string[]
}

/** Makes a function that measures what each layer of a model gives for a batch, without training it. */
export function layerStatistics(model: LayersModel, choice?: LayerChoice): LayerMeasure {
  const layers = chosenLayers(model, choice)
  const probe = layersModel({
    name: 'layer_statistics',
    inputs: model.inputs,
    outputs: layers.map(({ output }) => output as SymbolicTensor),
  })
  const spans = layers.map(rangeOf)
  const measure = async (batch: Batch): Promise<LayerStatistics[]> => {
    const all = tidy(() => {
      const x = tensor(batch.x, batch.xShape, 'float32')
      const found = probe.apply(x, { training: false }) as Tensor | Tensor[]
      const outputs = Array.isArray(found) ? found : [found]
      return concat(outputs.map((output, i) => statisticsOf(output, spans[i])))
    })
    const values = await all.data()
    all.dispose()
    return layers.map(({ name }, i) => ({
      layer: name,
      mean: values[i * 4]!,
      std: values[i * 4 + 1]!,
      deadShare: values[i * 4 + 2]!,
      saturatedShare: spans[i] ? values[i * 4 + 3]! : undefined,
    }))
  }
  return Object.assign(measure, { layers: layers.map(({ name }) => name) })
}

/** Computes four numbers of a layer's outputs: `[4]`. */
function statisticsOf(output: Tensor, range: Range | undefined): Tensor {
  const units = reshape(output, [-1, output.shape.at(-1)!])
  const { mean: average, variance } = moments(units)
  const dead = mean(cast(lessEqual(max(units, 0), 0), 'float32'))
  return stack([average, sqrt(variance), dead, range ? saturated(units, range) : scalar(0)])
}

function saturated(units: Tensor, [low, high]: Range): Tensor {
  const middle = (low + high) / 2
  const far = (high - low) / 2 - (high - low) / 100
  return mean(cast(greaterEqual(abs(sub(units, middle)), far), 'float32'))
}

function chosenLayers(model: LayersModel, choice: LayerChoice | undefined): Layer[] {
  // A layer that is used twice has two outputs, neither of which is the layer's own.
  const usable = model.layers.filter((layer) => layer.inboundNodes.length === 1 && isOne(layer))
  const known = usable.map(({ name }) => name)
  if (Array.isArray(choice)) {
    for (const name of choice as readonly string[]) {
      if (known.includes(name)) continue
      const hint = suggestName(name, known)
      throw new TrainingError('UNKNOWN_NAME', `ActivationStats: unknown layer "${name}". ${hint}`)
    }
  }
  const layers = usable.filter((layer) => {
    if (choice === undefined) return !handsOn.test(layer.getClassName())
    return choice instanceof RegExp ? choice.test(layer.name) : choice.includes(layer.name)
  })
  if (layers.length > 0) return layers
  throw new TrainingError(
    'UNKNOWN_NAME',
    `ActivationStats: expected a choice of layers, received ${String(choice)}. Known: ${known.join(', ')}.`,
  )
}

function isOne({ output }: Layer): boolean {
  return !Array.isArray(output)
}

/** Finds the ends of what a layer can give, by its activation's name or by its amplitude. */
function rangeOf(layer: Layer): Range | undefined {
  const { activation, amplitude } = layer.getConfig()
  if (typeof activation === 'string') return ranges[activation]
  return typeof amplitude === 'number' ? [-amplitude, amplitude] : undefined
}
