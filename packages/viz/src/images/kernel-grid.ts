import { composePicture, stackDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { rangeOf, type PixelImage } from '../raster/pixel-image.js'
import { themeOf } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { colourBar } from './colour-bar.js'
import { tileGrid } from './tile-grid.js'

/** A convolution's weights as TensorFlow.js stores them: `[height, width, inChannels, outChannels]`. */
export interface KernelTensor {
  name: string
  data: ArrayLike<number>
  shape: readonly number[]
}

export interface KernelGridOptions extends PictureOptions {
  /** Filters drawn at most. Defaults to 64. */
  maxFilters?: number
  /** Input channels drawn a filter at most. Defaults to 8. */
  maxInputs?: number
  /** Pixels a kernel. Defaults to 40. */
  tileSize?: number
  /** `diverging` paints weights by sign about zero; `grey` from smallest to largest. Defaults to diverging. */
  colours?: 'diverging' | 'grey'
  /** Paints kernels of 3 input channels as RGB. Defaults to false. */
  rgb?: boolean
}

/** Draws a convolution's kernels: one tile a filter, or a row of tiles a filter where it sees several channels. */
export function kernelGrid(kernel: KernelTensor, options: KernelGridOptions = {}): Picture {
  const theme = themeOf(options.theme)
  const {
    maxFilters = 64,
    maxInputs = 8,
    tileSize = 40,
    colours = 'diverging',
    rgb = false,
  } = options
  const [height, width, inputs, filters] = kernelShape(kernel)
  const shownFilters = Math.min(filters, maxFilters)
  const asRgb = rgb && inputs === 3
  const shownInputs = asRgb ? 1 : Math.min(inputs, maxInputs)
  const slice = (input: number, filter: number): PixelImage => {
    const channels = asRgb ? 3 : 1
    const data = new Float32Array(height * width * channels)
    for (let p = 0; p < height * width; p++) {
      for (let c = 0; c < channels; c++) {
        data[p * channels + c] = kernel.data[(p * inputs + input + c) * filters + filter] ?? 0
      }
    }
    return { data, height, width, channels }
  }
  const tiles = []
  for (let f = 0; f < shownFilters; f++) {
    for (let i = 0; i < shownInputs; i++) {
      tiles.push({
        image: slice(i, f),
        caption: shownInputs === 1 ? `${f}` : `f${f} in${i}`,
      })
    }
  }
  const all: PixelImage = { data: kernel.data, height: 1, width: kernel.data.length }
  const [low, high] = rangeOf([all])
  const bound = Math.max(Math.abs(low), Math.abs(high)) || 1
  const range =
    colours === 'diverging' || asRgb ? ([-bound, bound] as const) : ([low, high] as const)
  const across = shownInputs > 1 ? shownInputs * Math.max(1, Math.floor(16 / shownInputs)) : 8
  const columns = Math.min(tiles.length, across)
  const grid = tileGrid(tiles, {
    columns,
    tileSize,
    theme,
    gap: 6,
    captionSize: 10,
    paint: { range, colours },
  })
  const bar = colourBar(range, asRgb ? 'grey' : colours, theme, 'weight')
  const cut = [
    filters > shownFilters
      ? `the first ${shownFilters} of ${filters} filters`
      : `${filters} filters`,
    asRgb
      ? 'as RGB'
      : inputs > shownInputs
        ? `the first ${shownInputs} of ${inputs} input channels`
        : '',
  ].filter((part) => part !== '')
  return composePicture(
    asRgb ? grid : stackDrawings([grid, bar]),
    {
      title: options.title ?? `Kernels of ${kernel.name}`,
      subtitle:
        options.subtitle ?? `${height} × ${width} × ${inputs} × ${filters}: ${cut.join(', ')}`,
      description: `${cut.join(', ')} of ${height} × ${width} weights, from ${low.toPrecision(3)} to ${high.toPrecision(3)}.`,
    },
    theme,
  )
}

function kernelShape(kernel: KernelTensor): [number, number, number, number] {
  const [height = 0, width = 0, inputs = 0, filters = 0] = kernel.shape
  const size = height * width * inputs * filters
  if (kernel.shape.length !== 4 || size === 0 || size !== kernel.data.length) {
    throw new VizError(
      'argument',
      `Kernels of ${kernel.name}: expected [height, width, in, out] weights, received shape ` +
        `[${kernel.shape.join(', ')}] with ${kernel.data.length} values. Pick a convolution's kernel.`,
    )
  }
  return [height, width, inputs, filters]
}
