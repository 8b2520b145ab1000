// What several walk-throughs ask of a network: its maps, its kernels, its readings of a batch.
import { namedWeights } from '@ductus/backend'
import type { Batch, DataLoader } from '@ductus/data'
import { layerSpecs } from '@ductus/models'
import { costOf } from '@ductus/models/analysis'
import type { KernelTensor, LayerMaps, NetworkLayer, PixelImage } from '@ductus/viz'
import * as tf from '@tensorflow/tfjs-core'
import { model as modelOf, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers'

/** Takes the first batch of a loader. */
export async function firstBatch(loader: DataLoader): Promise<Batch> {
  for await (const batch of loader.batches(0)) return batch
  throw new Error('The loader has no batches.')
}

/** Computes logits for a batch. */
export async function logitsOf(
  model: LayersModel,
  batch: Batch,
): Promise<{ data: Float32Array; shape: number[] }> {
  const logits = tf.tidy(
    () => model.apply(tf.tensor(batch.x, batch.xShape), { training: false }) as tf.Tensor,
  )
  const data = (await logits.data()) as Float32Array
  logits.dispose()
  return { data, shape: logits.shape }
}

/** Finds the largest of each row of `classes` numbers. */
export function argMax(data: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: data.length / classes }, (_, row) => {
    let best = 0
    for (let c = 1; c < classes; c++) {
      if ((data[row * classes + c] ?? 0) > (data[row * classes + best] ?? 0)) best = c
    }
    return best
  })
}

/** Computes the outputs of the named layers for one image. */
export async function mapsOf(
  model: LayersModel,
  image: PixelImage,
  names: readonly string[],
): Promise<LayerMaps[]> {
  const part = modelOf({
    inputs: model.inputs,
    outputs: names.map((name) => model.getLayer(name).output as SymbolicTensor),
  })
  const { height, width, channels = 1 } = image
  const outputs = tf.tidy(() => {
    const x = tf.tensor(Float32Array.from(image.data), [1, height, width, channels])
    return [part.apply(x, { training: false }) as tf.Tensor | tf.Tensor[]].flat()
  })
  return Promise.all(
    outputs.map(async (output, i) => {
      const data = (await output.data()) as Float32Array
      output.dispose()
      return { layer: names[i] ?? '', data, shape: output.shape.slice(1) }
    }),
  )
}

/** Takes the kernels of all convolutions. */
export async function kernelsOf(model: LayersModel): Promise<KernelTensor[]> {
  const kernels = namedWeights(model).filter(({ variable }) => variable.shape.length === 4)
  return Promise.all(
    kernels.map(async ({ layer, variable }) => ({
      name: layer,
      data: (await variable.data()) as Float32Array,
      shape: variable.shape,
    })),
  )
}

/** Lists a network's layers with shapes and costs, as a diagram takes them. */
export function layersOf(model: LayersModel, input: readonly number[]): NetworkLayer[] {
  const specs = layerSpecs(model)
  return costOf(specs, input).layers.map((layer) => {
    const spec = specs.find(({ name }) => name === layer.name)
    const inputs = spec?.inputs
    const detail =
      spec?.kind === 'conv'
        ? `${side(spec.kernelSize)} × ${side(spec.kernelSize)}, stride ${side(spec.strides ?? 1)}`
        : ''
    return {
      name: layer.name,
      kind: layer.kind,
      outputShape: layer.outputShape,
      parameters: layer.parameterCount,
      macs: layer.macs ?? 0,
      ...(inputs ? { inputs } : {}),
      ...(detail === '' ? {} : { detail }),
    }
  })
}

function side(value: number | readonly [number, number]): number {
  return typeof value === 'number' ? value : value[0]
}
