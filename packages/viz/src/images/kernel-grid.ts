import { composePicture, stackDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { rangeOf, type PixelImage } from '../raster/pixel-image.js'
import { translate } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import { measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
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
  /** Filters drawn at most. Defaults to 64, and 32 where each sees several channels. */
  maxFilters?: number
  /** Input channels drawn a filter at most. Defaults to 16. */
  maxInputs?: number
  /** Pixels a kernel. Defaults to 40, and 26 where each filter sees several channels. */
  tileSize?: number
  /** Captions below the filters, such as their names. Defaults to the filter's number. */
  caption?: (filter: number) => string
  /** `diverging` paints weights by sign about zero; `grey` from smallest to largest. Defaults to diverging. */
  colours?: 'diverging' | 'grey'
  /** Paints kernels of 3 input channels as RGB. Defaults to false. */
  rgb?: boolean
}

/** Draws a convolution's kernels: one tile a filter, or a row of tiles a filter where it sees several channels. */
export function kernelGrid(kernel: KernelTensor, options: KernelGridOptions = {}): Picture {
  const theme = themeOf(options.theme)
  const { maxInputs = 16, colours = 'diverging', rgb = false, caption = String } = options
  const [height, width, inputs, filters] = kernelShape(kernel)
  const asRgb = rgb && inputs === 3
  const many = inputs > 1 && !asRgb
  const { maxFilters = many ? 32 : 64, tileSize = many ? 26 : 40 } = options
  const shownFilters = Math.min(filters, maxFilters)
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
        ...(many ? {} : { caption: caption(f) }),
      })
    }
  }
  const all: PixelImage = { data: kernel.data, height: 1, width: kernel.data.length }
  const [low, high] = rangeOf([all])
  const bound = Math.max(Math.abs(low), Math.abs(high)) || 1
  const range =
    colours === 'diverging' || asRgb ? ([-bound, bound] as const) : ([low, high] as const)
  const gap = many ? 4 : 6
  const tileOptions = { tileSize, theme, gap, captionSize: 10, paint: { range, colours } }
  const columns = many ? shownInputs : Math.min(tiles.length, 8)
  const tiled = tileGrid(tiles, { columns, ...tileOptions })
  const grid = many
    ? withHeaders(tiled, { inputs: shownInputs, filters: shownFilters, caption }, theme)
    : tiled
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
      caption: '',
    },
    theme,
  )
}

/** Numbers the rows (filters) and the columns (input channels) of a grid of kernels. */
function withHeaders(
  grid: Drawing,
  of: { inputs: number; filters: number; caption: (filter: number) => string },
  theme: Theme,
): Drawing {
  const style = { fill: theme.muted, size: 10 } as const
  const names = Array.from({ length: of.filters }, (_u, f) => of.caption(f))
  const left =
    Math.max(measureText('filter', 10), ...names.map((name) => measureText(name, 10))) + 8
  const top = 32
  const [across, down] = [grid.width / of.inputs, grid.height / of.filters]
  let body =
    textAt(left, 10, 'input channel', style) +
    textAt(left - 8, 26, 'filter', { ...style, anchor: 'end' })
  for (let i = 0; i < of.inputs; i++) {
    body += textAt(left + (i + 0.45) * across, 26, String(i), { ...style, anchor: 'middle' })
  }
  names.forEach((name, f) => {
    body += textAt(left - 8, top + (f + 0.45) * down + 3.5, name, { ...style, anchor: 'end' })
  })
  return {
    body: body + translate(left, top, grid.body),
    width: left + grid.width,
    height: top + grid.height,
  }
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
