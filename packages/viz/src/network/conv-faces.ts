import {
  composePicture,
  rowOfDrawings,
  stackDrawings,
  type PictureOptions,
} from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { textAt } from '../svg/text.js'
import { measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { convOutput } from './conv-arithmetic.js'
import { sign } from './explain-conv.js'
import { numberGrid } from './number-grid.js'

/**
 * Draws the four faces of one small convolution: the grids with letters, the equations, the matrix and the network of
 * connections. Letters: image A, B, C …, kernel α, β, γ …, bias b, output P, Q, R …
 */
export function convFaces(
  options: PictureOptions & {
    input?: readonly [number, number]
    kernel?: readonly [number, number]
  } = {},
): Picture {
  const theme = themeOf(options.theme)
  const { input = [3, 3], kernel = [2, 2] } = options
  const [rows, columns] = convOutput({ input, kernel })
  // I is left out as in the course: it reads like a 1
  const letters = [...'ABCDEFGHJKLMNO']
  const greek = [...'αβγδεζηθικ']
  const outs = [...'PQRSTUVWXYZ']
  const image = gridOf(input, (r, c) => r * input[1] + c)
  const weights = gridOf(kernel, (r, c) => r * kernel[1] + c)
  const output = gridOf([rows, columns], (r, c) => r * columns + c)
  const name = (list: string[]) => (_r: number, _c: number, value: number) => list[value] ?? '?'
  const cell = 36
  const grids = rowOfDrawings(
    [
      numberGrid(image, { theme, cell, label: 'image', words: name(letters) }),
      sign('*', theme),
      numberGrid(weights, { theme, cell, label: 'kernel', words: name(greek) }),
      sign('+ b =', theme),
      numberGrid(output, { theme, cell, label: 'output', words: name(outs) }),
    ],
    14,
    'middle',
  )
  const terms = output.flat().map((_o, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns]
    return weights.flatMap((line, a) =>
      line.map((w, b) => ({ weight: greek[w] ?? '?', pixel: (r + a) * input[1] + c + b })),
    )
  })
  const equations = terms.map(
    (list, i) =>
      `${outs[i] ?? '?'} = ${list.map((t) => `${t.weight}${letters[t.pixel] ?? '?'}`).join(' + ')} + b`,
  )
  const lines: Drawing = {
    body: equations
      .map((text, i) => textAt(0, 14 + i * 22, text, { fill: theme.ink, size: 15 }))
      .join(''),
    width: Math.max(...equations.map((text) => measureText(text, 15))),
    height: equations.length * 22,
  }
  const count = input[0] * input[1]
  const matrix = terms.map((list) => {
    const line = new Array<number>(count).fill(-1)
    for (const term of list) line[term.pixel] = greek.indexOf(term.weight)
    return line
  })
  const column = (list: string[], length: number) =>
    numberGrid(
      Array.from({ length }, (_u, i) => [i]),
      { theme, cell: 26, words: name(list) },
    )
  const asMatrix = rowOfDrawings(
    [
      numberGrid(matrix, {
        theme,
        cell: 26,
        words: (_r, _c, v) => (v < 0 ? '0' : (greek[v] ?? '?')),
      }),
      sign('×', theme),
      column(letters, count),
      sign('+ b =', theme),
      column(outs, rows * columns),
    ],
    12,
    'middle',
  )
  return composePicture(
    stackDrawings(
      [
        titled('As grids', grids, theme),
        titled('As equations', lines, theme),
        titled('As a matrix', asMatrix, theme),
        titled(
          'As a network: each colour and dash is one shared weight',
          connections(terms, letters, outs, greek, theme),
          theme,
        ),
      ],
      22,
    ),
    {
      title: options.title ?? 'Four faces of one convolution',
      subtitle: options.subtitle,
      description: `Equations: ${equations.join('; ')}.`,
      caption: '',
    },
    theme,
  )
}

function titled(label: string, drawing: Drawing, theme: Theme): Drawing {
  return stackDrawings(
    [
      {
        body: textAt(0, 12, label, { fill: theme.muted, size: 12.5, weight: 600 }),
        width: measureText(label, 12.5, 600),
        height: 16,
      },
      drawing,
    ],
    6,
  )
}

function connections(
  terms: { weight: string; pixel: number }[][],
  letters: string[],
  outs: string[],
  greek: string[],
  theme: Theme,
): Drawing {
  const inputs = Math.max(...terms.flat().map((t) => t.pixel)) + 1
  const step = 44
  const height = 130
  const shift = ((inputs - terms.length) * step) / 2
  const dashes = [undefined, '6 3', '2 3', '8 3 2 3']
  let body = ''
  terms.forEach((list, i) => {
    for (const term of list) {
      const k = greek.indexOf(term.weight)
      body += `<path d="M${term.pixel * step + 16},${height - 18}L${shift + i * step + 16},34" fill="none" stroke="${theme.series[k % theme.series.length]}" stroke-width="1.75"${dashes[k % 4] ? ` stroke-dasharray="${dashes[k % 4]}"` : ''}/>`
    }
  })
  const node = (x: number, y: number, text: string) =>
    `<circle cx="${x + 16}" cy="${y}" r="15" fill="${theme.surface}" stroke="${theme.border}"/>` +
    textAt(x + 16, y + 5, text, { fill: theme.ink, size: 14, anchor: 'middle' })
  for (let i = 0; i < inputs; i++) body += node(i * step, height, letters[i] ?? '?')
  terms.forEach((_t, i) => (body += node(shift + i * step, 18, outs[i] ?? '?')))
  greek.slice(0, new Set(terms.flat().map((t) => t.weight)).size).forEach((letter, k) => {
    const y = 20 + k * 20
    const x = inputs * step + 20
    body += `<path d="M${x},${y}h34" stroke="${theme.series[k % theme.series.length]}" stroke-width="2"${dashes[k % 4] ? ` stroke-dasharray="${dashes[k % 4]}"` : ''}/>`
    body += textAt(x + 42, y + 5, letter, { fill: theme.ink, size: 14 })
  })
  return { body, width: inputs * step + 80, height: height + 18 }
}

function gridOf(
  size: readonly [number, number],
  value: (r: number, c: number) => number,
): number[][] {
  return Array.from({ length: size[0] }, (_r, r) =>
    Array.from({ length: size[1] }, (_c, c) => value(r, c)),
  )
}
