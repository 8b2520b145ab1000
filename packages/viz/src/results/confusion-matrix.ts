import { composePicture, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { groupDigits } from '../images/colour-bar.js'
import { element } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import { fitText, measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { checkConfusion, confusedPairs, confusionOrder, type Confusion } from './confusion.js'

export interface ConfusionMatrixOptions extends PictureOptions {
  /** What the cells say. Defaults to counts up to 12 classes, and to nothing but shade beyond 20. */
  cells?: 'counts' | 'shares' | 'none'
  /** `given` keeps the order of the classes; `confusion` sets classes that are mixed up side by side. Defaults to given. */
  order?: 'given' | 'confusion'
  /** Pixels a cell. Defaults to what 83 classes leave readable: 10 to 44. */
  cellSize?: number
}

/**
 * Draws a confusion matrix, rows true and columns predicted: shade is the share of the row, right answers in blue,
 * errors in orange, each with its number where there is room. A row without examples or a column never predicted is
 * named; of more than 20 classes those with neither are left out. Up to 83 classes.
 */
export function confusionMatrix(
  confusion: Confusion,
  options: ConfusionMatrixOptions = {},
): Picture {
  checkConfusion(confusion, 'confusionMatrix')
  const theme = themeOf(options.theme)
  const { names, counts } = confusion
  const isRead = (c: number) => counts.some((row) => (row[c] ?? 0) > 0)
  const hasExamples = (r: number) => (counts[r] ?? []).some((count) => count > 0)
  // of many classes those that don't take part would be most of the picture
  const takesPart = (i: number) => names.length <= 20 || hasExamples(i) || isRead(i)
  const order = (
    options.order === 'confusion' ? confusionOrder(confusion) : names.map((_n, i) => i)
  ).filter(takesPart)
  const size = order.length
  const leftOut = names.length - size
  const cells = options.cells ?? (size <= 12 ? 'counts' : size <= 20 ? 'shares' : 'none')
  const most = counts.reduce((a, row) => Math.max(a, ...row), 0)
  const widestText =
    cells === 'counts' ? measureText(String(most), 11) + 8 : cells === 'shares' ? 34 : 0
  const cell =
    options.cellSize ??
    Math.max(widestText, size <= 12 ? 40 : size <= 20 ? 32 : size <= 40 ? 18 : 11)
  const drawing = matrixDrawing(confusion, order, cells, cell, theme)
  const total = counts.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0)
  const right = counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  const pairs = confusedPairs(confusion).slice(0, 3)
  const never = names.filter((_n, c) => takesPart(c) && !isRead(c))
  const absent = names.filter((_n, r) => takesPart(r) && !hasExamples(r))
  const notes = [
    cells === 'shares' ? 'cells: % of the true class' : '',
    `${groupDigits(right)} of ${groupDigits(total)} right${total > 0 ? ` (${((right / total) * 100).toFixed(2)} %)` : ''}`,
    pairs.length > 0
      ? `most confused: ${pairs.map((p) => `${p.truth} read as ${p.prediction} (${p.count})`).join(', ')}`
      : '',
    never.length > 0 ? `never predicted: ${listOf(never)}` : '',
    absent.length > 0 ? `no examples of: ${listOf(absent)}` : '',
    leftOut > 0
      ? `${leftOut} ${leftOut === 1 ? 'class' : 'classes'} without examples and readings left out`
      : '',
  ].filter((note) => note !== '')
  return composePicture(
    drawing,
    {
      title: options.title ?? 'Confusion matrix',
      subtitle: options.subtitle ?? notes.join('; '),
      description: `Rows are true, columns predicted classes. ${notes.join('; ')}.`,
      // the counts stand in the subtitle
      ...(options.subtitle === undefined ? { caption: '' } : {}),
    },
    theme,
  )
}

function listOf(names: readonly string[]): string {
  return names.length > 12
    ? `${names.slice(0, 12).join(' ')} and ${names.length - 12} more`
    : names.join(' ')
}

function matrixDrawing(
  { names, counts }: Confusion,
  order: readonly number[],
  cells: 'counts' | 'shares' | 'none',
  cell: number,
  theme: Theme,
) {
  const labelSize = Math.min(12, Math.max(8, cell * 0.85))
  const label = (i: number) => fitText(showName(names[i] ?? ''), 90, labelSize)
  const widest = Math.max(...order.map((i) => measureText(label(i), labelSize)))
  const left = 24 + widest + 6
  const wide = order.filter((i) => measureText(label(i), labelSize) > cell - 1)
  const tall = wide.length > 0
  const top = 22 + (tall ? widest + 4 : labelSize + 4)
  const extent = cell * order.length
  let body = ''
  body += textAt(left + extent / 2, 12, 'predicted', {
    fill: theme.muted,
    size: 12,
    anchor: 'middle',
  })
  body += textAt(12, top + extent / 2, 'true', {
    fill: theme.muted,
    size: 12,
    anchor: 'middle',
    rotate: -90,
  })
  order.forEach((truth, r) => {
    const row = counts[truth] ?? []
    const total = row.reduce((a, b) => a + b, 0)
    const y = top + r * cell
    body += textAt(left - 5, y + cell / 2 + labelSize * 0.35, label(truth), {
      fill: theme.ink,
      size: labelSize,
      anchor: 'end',
    })
    order.forEach((prediction, c) => {
      const count = row[prediction] ?? 0
      if (count === 0) return
      const share = count / total
      const x = left + c * cell
      // the root keeps a single error among hundreds visible
      const opacity = truth === prediction ? 0.12 + 0.78 * share : 0.18 + 0.72 * Math.sqrt(share)
      body += element('rect', {
        x,
        y,
        width: cell,
        height: cell,
        fill: truth === prediction ? theme.right : theme.wrong,
        'fill-opacity': opacity,
      })
      const text = cells === 'counts' ? String(count) : cells === 'shares' ? percent(share) : ''
      if (text !== '') {
        body += textAt(x + cell / 2, y + cell / 2 + 4, text, {
          fill: opacity > 0.55 ? theme.background : theme.ink,
          size: Math.min(11, cell * 0.34 + 2),
          anchor: 'middle',
          weight: truth === prediction ? 600 : 400,
        })
      }
    })
  })
  order.forEach((prediction, c) => {
    const x = left + (c + 0.5) * cell
    const style = { fill: theme.ink, size: labelSize }
    // among single letters only the words turn
    const turned = wide.length > order.length / 2 || wide.includes(prediction)
    body += turned
      ? textAt(x + labelSize * 0.35, top - 5, label(prediction), { ...style, rotate: -90 })
      : textAt(x, top - 5, label(prediction), { ...style, anchor: 'middle' })
  })
  for (let i = 0; i <= order.length; i++) {
    const strong = i % 5 === 0 && order.length > 20
    const line = { stroke: strong ? theme.border : theme.grid, 'stroke-width': strong ? 0.75 : 0.5 }
    body += element('line', {
      x1: left + i * cell,
      x2: left + i * cell,
      y1: top,
      y2: top + extent,
      ...line,
    })
    body += element('line', {
      x1: left,
      x2: left + extent,
      y1: top + i * cell,
      y2: top + i * cell,
      ...line,
    })
  }
  // the diagonal is drawn, so that right answers are told from errors without colour
  for (let i = 0; i < order.length; i++) {
    body += element('rect', {
      x: left + i * cell + 0.75,
      y: top + i * cell + 0.75,
      width: cell - 1.5,
      height: cell - 1.5,
      fill: 'none',
      stroke: theme.right,
      'stroke-width': 1,
    })
  }
  return { body, width: left + extent + 2, height: top + extent + 2 }
}

function showName(name: string): string {
  return name === ' ' ? 'space' : name
}

function percent(share: number): string {
  return share >= 0.0995 ? `${Math.round(share * 100)}` : (share * 100).toFixed(1)
}
