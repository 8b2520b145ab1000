import type { Drawing } from '../picture/picture.js'
import { element } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import { measureText } from '../text/measure-text.js'
import { colourAt, valueColour, inkOn, type ColourMapName } from '../theme/colour-map.js'
import type { Theme } from '../theme/theme.js'

export interface NumberGridOptions {
  theme: Theme
  /** Pixels a cell. Defaults to 34. */
  cell?: number
  label?: string
  colours?: ColourMapName
  range?: readonly [number, number]
  /** Cells to draw over: a frame about them. */
  frame?: { row: number; column: number; height: number; width: number; colour: string }
  /** Single cells that are framed. */
  marked?: readonly { row: number; column: number; colour: string }[]
  /** Rows and columns at the rim that are padding: drawn dashed and quiet. */
  padding?: number
  /** Words in place of numbers; an empty string leaves the cell blank. */
  words?: (row: number, column: number, value: number) => string
}

/** Draws numbers as a grid of shaded cells, the small kind that explanations are made of. */
export function numberGrid(
  values: readonly (readonly number[])[],
  options: NumberGridOptions,
): Drawing {
  const { theme, cell = 34, label, colours, padding = 0 } = options
  const rows = values.length
  const columns = Math.max(...values.map((line) => line.length))
  const finite = values.flat().filter(Number.isFinite)
  const range = options.range ?? [Math.min(...finite), Math.max(...finite)]
  const top = label === undefined ? 0 : 20
  let body =
    label === undefined ? '' : textAt(0, 12, label, { fill: theme.ink, size: 12, weight: 600 })
  values.forEach((line, r) => {
    line.forEach((value, c) => {
      const rim = r < padding || c < padding || r >= rows - padding || c >= columns - padding
      const share = range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5
      const rgb = colours && !rim && Number.isFinite(value) ? colourAt(colours, share) : undefined
      const x = c * cell
      const y = top + r * cell
      body += element('rect', {
        x: x + 0.5,
        y: y + 0.5,
        width: cell - 1,
        height: cell - 1,
        fill: rgb ? valueColour(rgb) : rim ? theme.background : theme.surface,
        stroke: rim ? theme.border : theme.grid,
        'stroke-dasharray': rim ? '2 2' : undefined,
      })
      const words = options.words ? options.words(r, c, value) : gridNumber(value)
      if (words !== '') {
        const size = Math.min(cell * 0.36, (cell - 4) / Math.max(1, measureText(words, 1)))
        body += textAt(x + cell / 2, y + cell / 2 + size * 0.36, words, {
          fill: rgb ? inkOn(rgb) : rim ? theme.muted : theme.ink,
          size,
          anchor: 'middle',
        })
      }
    })
  })
  const { frame } = options
  if (frame) {
    body += element('rect', {
      x: frame.column * cell,
      y: top + frame.row * cell,
      width: frame.width * cell,
      height: frame.height * cell,
      fill: 'none',
      stroke: frame.colour,
      'stroke-width': 3,
    })
  }
  for (const mark of options.marked ?? []) {
    body += element('rect', {
      x: mark.column * cell + 1.5,
      y: top + mark.row * cell + 1.5,
      width: cell - 3,
      height: cell - 3,
      fill: 'none',
      stroke: mark.colour,
      'stroke-width': 3,
    })
  }
  const width = Math.max(columns * cell, label === undefined ? 0 : measureText(label, 12, 600))
  return { body, width, height: top + rows * cell }
}

/** Writes a number short enough for a cell: two decimals at most. */
export function gridNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '' : String(value)
  const rounded = Math.round(value * 100) / 100
  return String(rounded + 0).replace('-', '−')
}
