import { composePicture, rowOfDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import type { ColourMapName } from '../theme/colour-map.js'
import { themeOf } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { sign } from './explain-conv.js'
import { numberGrid } from './number-grid.js'

/** One grid of an equation, or the sign between two. */
export type GridPart =
  | string
  | {
      values: readonly (readonly number[])[]
      label?: string
      colours?: ColourMapName
      range?: readonly [number, number]
      /** Words in place of the numbers. */
      words?: (row: number, column: number, value: number) => string
    }

/** Draws small grids of numbers in a row with signs between them, such as a matrix times a vector. */
export function numberGrids(
  parts: readonly GridPart[],
  options: PictureOptions & { cell?: number; description?: string } = {},
): Picture {
  if (parts.length === 0) {
    throw new VizError('argument', 'numberGrids: expected at least 1 grid, received none.')
  }
  const theme = themeOf(options.theme)
  const drawings = parts.map((part) =>
    typeof part === 'string'
      ? sign(part, theme)
      : numberGrid(part.values, {
          theme,
          ...(options.cell === undefined ? {} : { cell: options.cell }),
          ...(part.label === undefined ? {} : { label: part.label }),
          ...(part.colours === undefined ? {} : { colours: part.colours }),
          ...(part.range === undefined ? {} : { range: part.range }),
          ...(part.words === undefined ? {} : { words: part.words }),
        }),
  )
  const said = parts.map((part) =>
    typeof part === 'string'
      ? part
      : /\d × \d/.test(part.label ?? '')
        ? part.label
        : `${part.label ?? 'grid'} ${part.values.length} × ${part.values[0]?.length ?? 0}`,
  )
  return composePicture(
    rowOfDrawings(drawings, 14, parts.some((part) => typeof part === 'string') ? 'middle' : 'top'),
    {
      title: options.title ?? 'Numbers',
      subtitle: options.subtitle,
      description: options.description ?? said.join(' ') + '.',
      caption: options.description ?? '',
      heading: options.title ?? '',
    },
    theme,
  )
}
