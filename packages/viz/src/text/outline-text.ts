import { element, svgNumber } from '../svg/element.js'
import { bundledFont, type FontWeight } from './bundled-font.js'
import { measureText } from './measure-text.js'

/**
 * Replaces every `<text>` of an SVG by the outlines of the bundled font. What turns SVG into pixels then needs no font
 * and no fontconfig: the same picture on every machine. Reads what this package and Vega write: attributes on the
 * element itself, and lines as `<tspan x dy>`.
 */
export function outlineText(svg: string): string {
  return svg.replace(
    /<text\b([^>]*?)(?:\/>|>([\s\S]*?)<\/text>)/g,
    (_whole, head: string, content: string | undefined) =>
      outlineOne(attributesOf(head), content ?? ''),
  )
}

type Attributes = Record<string, string | undefined>

function outlineOne(attributes: Attributes, content: string): string {
  const size = Number.parseFloat(attributes['font-size'] ?? '12')
  const weightText = attributes['font-weight'] ?? '400'
  const weight: FontWeight = weightText === 'bold' || Number(weightText) >= 550 ? 600 : 400
  const startX = Number(attributes.x ?? 0)
  let x = startX
  let y = Number(attributes.y ?? 0)
  let d = ''
  const line = (text: string) => {
    const shift = { middle: 0.5, end: 1 }[attributes['text-anchor'] ?? ''] ?? 0
    const left = shift === 0 ? x : x - shift * measureText(text, size, weight)
    d += textPath(text, left, y, size, weight)
  }
  const spans = [...content.matchAll(/<tspan\b([^>]*)>([\s\S]*?)<\/tspan>/g)]
  if (spans.length === 0) line(decodeEntities(content))
  for (const [, head = '', text = ''] of spans) {
    const own = attributesOf(head)
    x = Number(own.x ?? startX)
    y += Number(own.dy ?? 0)
    line(decodeEntities(text))
  }
  if (d === '') return ''
  return element('path', {
    d,
    transform: attributes.transform,
    fill: attributes.fill,
    opacity: attributes.opacity,
    'fill-opacity': attributes['fill-opacity'],
  })
}

/** Writes the outlines of a line of text as path data, its baseline starting at (x, y). */
export function textPath(
  text: string,
  x: number,
  y: number,
  size: number,
  weight: FontWeight,
): string {
  const font = bundledFont(weight)
  const scale = size / font.unitsPerEm
  let pen = x
  let d = ''
  const px = (v: number) => svgNumber(pen + v * scale)
  const py = (v: number) => svgNumber(y - v * scale)
  for (const character of text) {
    const glyph = font.glyphOf(character.codePointAt(0) ?? 0)
    for (const s of font.outlineOf(glyph)) {
      if (s[0] === 'Z') d += 'Z'
      else if (s[0] === 'Q') d += `Q${px(s[1])} ${py(s[2])} ${px(s[3])} ${py(s[4])}`
      else d += `${s[0]}${px(s[1])} ${py(s[2])}`
    }
    pen += font.advanceOf(glyph) * scale
  }
  return d
}

function attributesOf(head: string): Attributes {
  const attributes: Attributes = {}
  for (const [, key = '', value = ''] of head.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    attributes[key] = decodeEntities(value)
  }
  return attributes
}

function decodeEntities(text: string): string {
  return text
    .replace(/&#(x?)([0-9a-f]+);/gi, (_whole, hex: string, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)),
    )
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&nbsp;/g, '\u00a0')
    .replace(/&amp;/g, '&')
}
