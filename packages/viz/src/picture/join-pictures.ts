import { element } from '../svg/element.js'
import { themeOf, type Theme, type ThemeName } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { svgDocument } from './compose-picture.js'
import type { Picture } from './picture.js'

/** Sets finished pictures below one another in one, such as the charts of a run for a single file. */
export function joinPictures(
  pictures: readonly Picture[],
  options: { title?: string; theme?: ThemeName | Theme } = {},
): Picture {
  const [first] = pictures
  if (!first) {
    throw new VizError('argument', 'joinPictures: expected at least 1 picture, received none.')
  }
  if (pictures.length === 1) return first
  const theme = themeOf(options.theme)
  let y = 0
  let body = ''
  for (const { svg, width, height } of pictures) {
    const inner = svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '')
    body += element(
      'g',
      { transform: `translate(0,${y})` },
      element('svg', { width, height }, inner),
    )
    y += height
  }
  const width = Math.max(...pictures.map((picture) => picture.width))
  const title = options.title ?? first.title
  const description = pictures
    .map((picture) => `${picture.title}: ${picture.description}`)
    .join(' ')
  const ground = element('rect', { width, height: y, fill: theme.background })
  return {
    svg: svgDocument(ground + body, width, y, title, description),
    width,
    height: y,
    title,
    description,
  }
}
