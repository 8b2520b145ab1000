import { shortNumber } from '../images/colour-bar.js'
import { element } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import type { Theme } from '../theme/theme.js'

/** Chooses round values from low to high, about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10) * power
  const ticks: number[] = []
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)))
  }
  return ticks
}

/** Draws the axis of a picture that paints its own plot: a line, ticks and numbers. */
export function linearAxis(options: {
  side: 'bottom' | 'left'
  range: readonly [number, number]
  /** Where the range's ends lie, in pixels. */
  span: readonly [number, number]
  /** The other coordinate of the line. */
  at: number
  theme: Theme
  title?: string
  ticks?: number
  /** Pixels from the line to the title. */
  titleOffset?: number
}): string {
  const { side, range, span, at, theme, title } = options
  const place = (value: number) =>
    span[0] + ((value - range[0]) / (range[1] - range[0] || 1)) * (span[1] - span[0])
  const bottom = side === 'bottom'
  const line = { stroke: theme.border, 'stroke-width': 1 }
  let body = element('line', {
    x1: bottom ? span[0] : at,
    x2: bottom ? span[1] : at,
    y1: bottom ? at : span[0],
    y2: bottom ? at : span[1],
    ...line,
  })
  for (const tick of niceTicks(range[0], range[1], options.ticks ?? (bottom ? 8 : 5))) {
    const p = place(tick)
    body += element('line', {
      x1: bottom ? p : at - 4,
      x2: bottom ? p : at,
      y1: bottom ? at : p,
      y2: bottom ? at + 4 : p,
      ...line,
    })
    body += textAt(bottom ? p : at - 7, bottom ? at + 16 : p + 4, shortNumber(tick), {
      fill: theme.muted,
      size: 11,
      anchor: bottom ? 'middle' : 'end',
    })
  }
  if (title !== undefined) {
    const middle = (span[0] + span[1]) / 2
    const off = options.titleOffset ?? (bottom ? 32 : 44)
    body += textAt(bottom ? middle : at - off, bottom ? at + off : middle, title, {
      fill: theme.ink,
      size: 12,
      anchor: 'middle',
      rotate: bottom ? 0 : -90,
    })
  }
  return body
}
