import { composePicture, stackDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { rangeOf, type PixelImage, type PixelRange } from '../raster/pixel-image.js'
import { textAt } from '../svg/text.js'
import { measureText } from '../text/measure-text.js'
import type { ColourMapName } from '../theme/colour-map.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { shortNumber } from './colour-bar.js'
import { tileGrid } from './tile-grid.js'

/** What a convolution gave for one input: `[height, width, channels]`. */
export interface LayerMaps {
  layer: string
  data: ArrayLike<number>
  shape: readonly number[]
}

export interface FeatureMapsOptions extends PictureOptions {
  /** The input, drawn above the maps. */
  input?: PixelImage
  /** Defaults to 16, of wide maps (lines) to 2. */
  columns?: number
  /** Pixels along a map's longer side. Defaults to twice the map's size between 28 and 56, of wide maps to 448. */
  tileSize?: number
  /** Maps drawn a layer at most. Defaults to 64, of wide maps to 12. */
  maxMaps?: number
  /** Defaults to grey. */
  colours?: ColourMapName
  /** `map` stretches each map's own values over the scale, `layer` shares one scale a layer. Defaults to layer. */
  scale?: 'map' | 'layer'
  /** Captions below the maps, such as `Filter 3`. Defaults to the map's number. */
  caption?: (map: number) => string
}

/**
 * Draws the maps of every convolution for one input, layer by layer, and says how many are dead (all one value). Maps
 * of a single row come as one image, a row a map.
 */
export function featureMaps(
  layers: readonly LayerMaps[],
  options: FeatureMapsOptions = {},
): Picture {
  if (layers.length === 0) {
    throw new VizError(
      'argument',
      'featureMaps: expected at least 1 layer of maps, received none. Use a model with convolutions.',
    )
  }
  const theme = themeOf(options.theme)
  const parts: Drawing[] = []
  const said: string[] = []
  if (options.input) {
    parts.push(
      section(
        'input',
        tileGrid([{ image: options.input }], {
          columns: 1,
          tileSize: isWide(options.input) ? wide.tileSize : 84,
          theme,
        }),
        theme,
      ),
    )
  }
  for (const layer of layers) {
    const { drawing, words } = layerDrawing(layer, options, theme)
    parts.push(section(`${layer.layer}: ${words}`, drawing, theme))
    said.push(`maps of ${layer.layer}, ${words}`)
  }
  return composePicture(
    stackDrawings(parts, 14),
    {
      title: options.title ?? 'Feature maps',
      subtitle: options.subtitle,
      description: [...(options.subtitle ? [options.subtitle] : []), ...said].join('; ') + '.',
      caption: '',
    },
    theme,
  )
}

function layerDrawing(
  layer: LayerMaps,
  options: FeatureMapsOptions,
  theme: Theme,
): { drawing: Drawing; words: string } {
  const [height = 0, width = 0, channels = 0] = layer.shape
  const size = height * width * channels
  if (layer.shape.length !== 3 || size === 0 || size !== layer.data.length) {
    throw new VizError(
      'argument',
      `Feature maps of ${layer.layer}: expected [height, width, channels] values, received shape ` +
        `[${layer.shape.join(', ')}] with ${layer.data.length} values.`,
    )
  }
  const flat = height === 1 && width > 1
  const long = !flat && isWide({ width, height })
  const { maxMaps = long ? wide.maxMaps : 64, columns = long ? wide.columns : 16 } = options
  const { colours = 'grey', scale = 'layer' } = options
  const shown = Math.min(channels, maxMaps)
  const maps: PixelImage[] = []
  let dead = 0
  for (let c = 0; c < channels; c++) {
    const data = new Float32Array(height * width)
    for (let p = 0; p < data.length; p++) data[p] = layer.data[p * channels + c] ?? 0
    if (data.every((value) => value === data[0])) dead++
    if (c < shown) maps.push({ data, height, width })
  }
  const range = valueRange(maps)
  const caption = options.caption ?? String
  const small = Math.min(56, Math.max(28, Math.max(height, width) * 2))
  const tileSize = options.tileSize ?? (long ? wide.tileSize : small)
  const drawing = flat
    ? rowsDrawing(maps, { colours, range: scale === 'layer' ? range : undefined }, theme)
    : tileGrid(
        maps.map((image, c) => ({ image, caption: caption(c) })),
        {
          columns: Math.min(columns, shown),
          tileSize,
          theme,
          gap: 5,
          captionSize: Math.min(12, Math.max(9, tileSize / 6)),
          paint: (tile) => ({
            colours,
            range: scale === 'layer' ? range : valueRange([tile.image]),
          }),
        },
      )
  const words = [
    `${height} × ${width} × ${channels}`,
    channels > shown ? `first ${shown} shown` : '',
    flat ? `a row a map, 0 to ${shown - 1} from the top` : '',
    dead > 0 ? `${dead} of ${channels} maps flat` : '',
    scale === 'layer'
      ? `${shortNumber(range[0])} dark to ${shortNumber(range[1])} bright`
      : 'each map from its least to its largest value',
  ].filter((part) => part !== '')
  return { drawing, words: words.join(', ') }
}

/** How maps of lines are drawn, which would be hairlines in a square tile. */
const wide = { tileSize: 448, columns: 2, maxMaps: 12 }

function isWide({ width, height }: { width: number; height: number }): boolean {
  return width >= 4 * height
}

/** Sets maps of a single row below one another in one image. */
function rowsDrawing(
  maps: readonly PixelImage[],
  { colours, range }: { colours: ColourMapName; range: PixelRange | undefined },
  theme: Theme,
): Drawing {
  const width = maps[0]?.width ?? 1
  const data = new Float32Array(maps.length * width)
  maps.forEach((map, row) => {
    // without a shared range each row is stretched over the whole scale
    const [low, high] = range ?? valueRange([map])
    const values = Float32Array.from(map.data, (value) => (value - low) / (high - low || 1))
    data.set(values, row * width)
  })
  const image = { data, width, height: maps.length }
  const pitch = Math.max(1, Math.floor(wide.tileSize / Math.max(width, maps.length)))
  return tileGrid([{ image }], {
    columns: 1,
    tileSize: pitch * Math.max(width, maps.length),
    theme,
    paint: { colours, range: [0, 1] },
  })
}

function valueRange(maps: readonly PixelImage[]) {
  const [low, high] = rangeOf(maps)
  if (low !== 0 || high !== 1) return [low, high] as const
  // rangeOf rounds 0–1 up for photographs; a map's own extent is wanted here
  let top = 0
  for (const { data } of maps)
    for (let i = 0; i < data.length; i++) top = Math.max(top, data[i] ?? 0)
  return [0, top || 1] as const
}

function section(label: string, drawing: Drawing, theme: Theme): Drawing {
  return {
    body:
      textAt(0, 12, label, { fill: theme.ink, size: 12, weight: 600 }) +
      `<g transform="translate(0,20)">${drawing.body}</g>`,
    width: Math.max(drawing.width, measureText(label, 12, 600)),
    height: drawing.height + 20,
  }
}
