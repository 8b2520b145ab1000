import { element, escapeXml, svgNumber } from './element.js'

/** The family asked for wherever text stays text; PNG files draw the bundled font's outlines. */
export const fontFamily = "Inter, 'Inter Ductus', system-ui, sans-serif"

/** How a piece of text looks. */
export interface TextStyle {
  fill: string
  /** Pixels. Defaults to 12. */
  size?: number
  weight?: 400 | 600
  anchor?: 'start' | 'middle' | 'end'
  /** Degrees clockwise about (x, y). */
  rotate?: number
  opacity?: number
}

/** Writes one line of text with its baseline at y. */
export function textAt(x: number, y: number, text: string, style: TextStyle): string {
  const turned = style.rotate
    ? `translate(${svgNumber(x)},${svgNumber(y)}) rotate(${svgNumber(style.rotate)})`
    : undefined
  return element(
    'text',
    {
      x: turned ? undefined : x,
      y: turned ? undefined : y,
      transform: turned,
      'font-family': fontFamily,
      'font-size': style.size ?? 12,
      'font-weight': style.weight === 600 ? 600 : undefined,
      'text-anchor': style.anchor === 'start' ? undefined : style.anchor,
      fill: style.fill,
      opacity: style.opacity,
    },
    escapeXml(text),
  )
}
