import type { KernelTensor, LayerMaps, NetworkLayer, PixelImage } from '@ductus/viz'
import type { LayerSpec } from '@ductus/models/analysis'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** Takes the kernels of all convolutions, with their names. */
export async function kernelsOf(model: LayersModel): Promise<KernelTensor[]> {
  const { namedWeights } = await import('@ductus/backend')
  const kernels = namedWeights(model).filter(({ variable }) => variable.shape.length === 4)
  return Promise.all(
    kernels.map(async ({ layer, variable }) => ({
      name: layer,
      data: (await variable.data()) as Float32Array,
      shape: variable.shape,
    })),
  )
}

/** Computes what every convolution gives for one image. */
export async function featureMapsOf(model: LayersModel, image: PixelImage): Promise<LayerMaps[]> {
  const tf = await import('@tensorflow/tfjs-core')
  const tfl = await import('@tensorflow/tfjs-layers')
  const layers = model.layers.filter((layer) => layer.getClassName() === 'Conv2D')
  if (layers.length === 0) return []
  const part = tfl.model({
    inputs: model.inputs,
    outputs: layers.map((layer) => layer.output as Exclude<typeof layer.output, unknown[]>),
  })
  const outputs = tf.tidy(() => {
    const x = tf.tensor4d(Float32Array.from(image.data), [
      1,
      image.height,
      image.width,
      image.channels ?? 1,
    ])
    return part.apply(x, { training: false }) as Tensor4D | Tensor4D[]
  })
  const list = Array.isArray(outputs) ? outputs : [outputs]
  const maps = await Promise.all(
    list.map(async (output, i) => ({
      layer: layers[i]?.name ?? `convolution ${i + 1}`,
      data: (await output.data()) as Float32Array,
      shape: output.shape.slice(1),
    })),
  )
  tf.dispose(list)
  return maps
}

/** Lists a network's layers with shapes and costs. */
export async function networkLayersOf(
  model: LayersModel,
  inputDims: readonly number[],
): Promise<NetworkLayer[]> {
  const { layerSpecs } = await import('@ductus/models')
  const { costOf } = await import('@ductus/models/analysis')
  const specs = layerSpecs(model)
  const byName = new Map(specs.map((spec) => [spec.name, spec]))
  return costOf(specs, inputDims).layers.map((layer) => {
    const spec = byName.get(layer.name)
    const detail = spec ? detailOf(spec) : ''
    return {
      name: layer.name,
      kind: layer.kind,
      outputShape: layer.outputShape,
      parameters: layer.parameterCount,
      macs: layer.macs,
      ...(detail === '' ? {} : { detail }),
      ...(spec?.inputs ? { inputs: spec.inputs } : {}),
    }
  })
}

function detailOf(spec: LayerSpec): string {
  const pair = (value: number | readonly [number, number]) =>
    typeof value === 'number' ? [value, value] : value
  if (spec.kind === 'conv') {
    const padding = spec.padding ?? 0
    return [
      pair(spec.kernelSize).join(' × '),
      `stride ${pair(spec.strides ?? 1)[0]}`,
      `padding ${typeof padding === 'string' ? padding : pair(padding)[0]}`,
    ].join(', ')
  }
  if (spec.kind === 'maxPool' || spec.kind === 'avgPool') {
    return `${pair(spec.size).join(' × ')}, stride ${pair(spec.strides ?? spec.size)[0]}`
  }
  if (spec.kind === 'windows') return `width ${spec.width}, stride ${spec.stride}`
  return ''
}
