import { element, translate } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import { measureText, wrapText } from '../text/measure-text.js'
import { themeOf, type Theme, type ThemeName } from '../theme/theme.js'
import type { Drawing, Picture } from './picture.js'

/** What every picture takes. */
export interface PictureOptions {
  /** Printed above the picture. Each picture has one of its own; '' prints none. */
  title?: string
  /** Printed below the title in a quieter colour. */
  subtitle?: string
  /** Defaults to light. */
  theme?: ThemeName | Theme
}

const margin = 16

/** Puts a title and a margin around a drawing and makes it a whole SVG. */
export function composePicture(
  drawing: Drawing,
  words: {
    title: string
    subtitle?: string | undefined
    description: string
    heading?: string
    caption?: string
  },
  theme: ThemeName | Theme | undefined,
): Picture {
  const colours = themeOf(theme)
  const heading = words.heading ?? words.title
  const headingWidth = measureText(heading, 15, 600)
  const inner = Math.max(drawing.width, Math.min(headingWidth, Math.max(drawing.width, 480)))
  const titleLines = heading === '' ? [] : wrapText(heading, inner, 15, 600)
  const subtitleLines = words.subtitle ? wrapText(words.subtitle, Math.max(inner, 240), 12) : []
  let y = margin
  let head = ''
  for (const line of titleLines) {
    y += 15
    head += textAt(margin, y, line, { fill: colours.ink, size: 15, weight: 600 })
    y += 5
  }
  for (const line of subtitleLines) {
    y += 12
    head += textAt(margin, y, line, { fill: colours.muted, size: 12 })
    y += 4
  }
  if (head !== '') y += 8
  const subtitleWidth = Math.max(0, ...subtitleLines.map((line) => measureText(line)))
  const width = Math.ceil(Math.max(inner, subtitleWidth) + 2 * margin)
  const height = Math.ceil(y + drawing.height + margin)
  return {
    svg: svgDocument(
      element('rect', { width, height, fill: colours.background }) +
        head +
        translate(margin, y, drawing.body),
      width,
      height,
      words.title,
      words.description,
    ),
    width,
    height,
    title: words.title,
    description: words.description,
    ...(words.caption === undefined ? {} : { caption: words.caption }),
  }
}

/** Wraps markup in an `<svg>` element that screen readers announce as one image. */
export function svgDocument(
  body: string,
  width: number,
  height: number,
  title: string,
  description: string,
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      'xmlns:xlink': 'http://www.w3.org/1999/xlink',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': [title, description].filter((part) => part !== '').join('. '),
    },
    body,
  )
}

/** Sets drawings below one another. */
export function stackDrawings(drawings: readonly Drawing[], gap = 16): Drawing {
  let y = 0
  let body = ''
  for (const drawing of drawings) {
    body += translate(0, y, drawing.body)
    y += drawing.height + gap
  }
  return {
    body,
    width: Math.max(0, ...drawings.map((d) => d.width)),
    height: Math.max(0, y - gap),
  }
}

/** Sets drawings beside one another, their tops (or middles) level. */
export function rowOfDrawings(
  drawings: readonly Drawing[],
  gap = 16,
  align: 'top' | 'middle' = 'top',
): Drawing {
  const height = Math.max(0, ...drawings.map((d) => d.height))
  let x = 0
  let body = ''
  for (const drawing of drawings) {
    body += translate(x, align === 'top' ? 0 : (height - drawing.height) / 2, drawing.body)
    x += drawing.width + gap
  }
  return { body, width: Math.max(0, x - gap), height }
}
