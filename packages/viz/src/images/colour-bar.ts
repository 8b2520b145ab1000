import type { Drawing } from '../picture/picture.js'
import { imageElement } from '../raster/paint-image.js'
import type { PixelRange } from '../raster/pixel-image.js'
import { element } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import { measureText } from '../text/measure-text.js'
import type { ColourMapName } from '../theme/colour-map.js'
import type { Theme } from '../theme/theme.js'

/** Draws the scale of a colour map with its two ends' values, and what they measure. */
export function colourBar(
  range: PixelRange,
  colours: ColourMapName,
  theme: Theme,
  label: string,
  width = 120,
): Drawing {
  const low = shortNumber(range[0])
  const high = shortNumber(range[1])
  const start = measureText(low, 11) + 6
  const image = { data: Float32Array.from({ length: 64 }, (_u, i) => i / 63), height: 1, width: 64 }
  const box = { x: start, y: 1, width, height: 10 }
  return {
    body:
      textAt(0, 10, low, { fill: theme.muted, size: 11 }) +
      imageElement(image, box, { range: [0, 1], colours }) +
      element('rect', { ...box, fill: 'none', stroke: theme.border, 'stroke-width': 0.75 }) +
      textAt(start + width + 6, 10, `${high}  ${label}`, { fill: theme.muted, size: 11 }),
    width: start + width + 6 + measureText(`${high}  ${label}`, 11),
    height: 13,
  }
}

/** Writes a number in three significant digits at most, thousands grouped, with a true minus. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e7 || size < 1e-4) return value.toExponential(1).replace('-', '−').replace('e+', 'e')
  if (size >= 1000 || Number.isInteger(value)) return groupDigits(Math.round(value))
  return String(Number(value.toPrecision(3))).replace('-', '−')
}

/** Groups a whole number's digits by commas: 936,330. */
export function groupDigits(value: number): string {
  return String(value)
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',')
    .replace('-', '−')
}
