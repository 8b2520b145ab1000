import type { LayerMaps, PixelImage } from '@ductus/viz'
import type { Windowed } from '@ductus/models'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers'

/** What every convolution of a network gives for one image. */
export interface FeatureMaps {
  /** What the convolutions were shown: the image, or the one window of it that they look at. */
  input: PixelImage
  layers: LayerMaps[]
  /** Says which part of the image it is, where it isn't the whole. */
  note?: string
}

/** Computes what every convolution gives for one image; of a network of windows along a line, for one window. */
export async function featureMapsOf(model: LayersModel, image: PixelImage): Promise<FeatureMaps> {
  const convolutions = model.layers.filter((layer) =>
    layer.getWeights().some((weight) => weight.shape.length === 4),
  )
  const windows = model.layers.find(isWindowed)
  if (!windows) return { input: image, layers: await outputsOf(model, convolutions, image) }
  const count = windows.windowCount
  const { width, stride } = windows
  const windowAt = (i: number) => crop(image, i * stride, width)
  let chosen = 0
  for (let i = 1; i < count; i++) {
    if (spread(windowAt(i)) > spread(windowAt(chosen))) chosen = i
  }
  const { note, ...inside } = await featureMapsOf(windows.model, windowAt(chosen))
  const first = chosen * stride
  return {
    ...inside,
    note: [
      `one window of the line, that with the most ink: window ${chosen + 1} of ${count}, columns ${first} to ${first + width - 1}`,
      ...(note === undefined ? [] : [note]),
    ].join('; '),
  }
}

function isWindowed(layer: object): layer is Windowed {
  return 'model' in layer && 'windowCount' in layer
}

async function outputsOf(
  model: LayersModel,
  layers: LayersModel['layers'],
  { data, height, width, channels = 1 }: PixelImage,
): Promise<LayerMaps[]> {
  if (layers.length === 0) return []
  const tf = await import('@tensorflow/tfjs-core')
  const tfl = await import('@tensorflow/tfjs-layers')
  const part = tfl.model({
    inputs: model.inputs,
    outputs: layers.map((layer) => layer.output as SymbolicTensor),
  })
  const outputs = tf.tidy(() => {
    const x = tf.tensor4d(Float32Array.from(data), [1, height, width, channels])
    return [part.apply(x, { training: false }) as Tensor | Tensor[]].flat()
  })
  const maps = await Promise.all(
    outputs.map(async (output, i) => ({
      layer: layers[i]?.name ?? `convolution ${i + 1}`,
      data: (await output.data()) as Float32Array,
      shape: output.shape.slice(1),
    })),
  )
  tf.dispose(outputs)
  return maps
}

function crop({ data, height, width, channels = 1 }: PixelImage, from: number, columns: number) {
  const part = new Float32Array(height * columns * channels)
  for (let row = 0; row < height; row++) {
    for (let i = 0; i < columns * channels; i++) {
      part[row * columns * channels + i] = data[(row * width + from) * channels + i] ?? 0
    }
  }
  return { data: part, height, width: columns, channels }
}

/** Measures how much there is to see: the variance of the values, whatever the background. */
function spread({ data }: { data: Float32Array }): number {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  return data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length
}
