import { composePicture, rowOfDrawings, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { svgDocument } from '../picture/compose-picture.js'
import { element, svgNumber, translate } from '../svg/element.js'
import { themeOf } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { convOutput, type ConvShape } from './conv-arithmetic.js'
import { padGrid } from './explain-conv.js'
import { numberGrid } from './number-grid.js'

export interface ConvFramesOptions extends PictureOptions, ConvShape {
  /** Seconds a frame where the picture moves. Defaults to 0.9. */
  frameSeconds?: number
}

/**
 * Draws how a kernel goes over a padded input, one frame an output: the window on the input, the output it fills. The
 * picture holds the frames apart (for HTML and GIF), and as SVG moves by itself or, with `sheet`, shows all at once.
 */
export function convFrames(options: ConvFramesOptions & { sheet?: boolean }): Picture {
  const theme = themeOf(options.theme)
  const {
    input,
    kernel,
    stride = 1,
    padding = 0,
    dilation = 1,
    frameSeconds = 0.9,
    sheet = true,
  } = options
  const [rows, columns] = convOutput(options)
  if (rows * columns > 100) {
    throw new VizError(
      'argument',
      `convFrames: expected at most 100 outputs to step through, received ${rows} × ${columns}. Use a smaller input or a larger stride.`,
    )
  }
  const cell = 26
  const title =
    options.title ??
    `${input.join(' × ')}, kernel ${kernel.join(' × ')}, stride ${stride}, padding ${padding}${dilation > 1 ? `, dilation ${dilation}` : ''} → ${rows} × ${columns}`
  const blank = padGrid(
    Array.from({ length: input[0] }, () => new Array<number>(input[1]).fill(0)),
    padding,
  )
  const span = [(kernel[0] - 1) * dilation + 1, (kernel[1] - 1) * dilation + 1] as const
  const drawings = Array.from({ length: rows * columns }, (_u, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    const taps = new Set<string>()
    for (let a = 0; a < kernel[0]; a++) {
      for (let b = 0; b < kernel[1]; b++)
        taps.add(`${row * stride + a * dilation},${column * stride + b * dilation}`)
    }
    const grid = numberGrid(blank, {
      theme,
      cell,
      padding,
      words: (r, c) =>
        taps.has(`${r},${c}`) ? '×' : padding > 0 && isRim(r, c, input, padding) ? '0' : '',
      frame: {
        row: row * stride,
        column: column * stride,
        height: span[0],
        width: span[1],
        colour: theme.highlight,
      },
    })
    const output = numberGrid(
      Array.from({ length: rows }, (_r, r) =>
        Array.from({ length: columns }, (_c, c) => (r * columns + c <= i ? 1 : 0)),
      ),
      {
        theme,
        cell,
        words: (r, c) => (r * columns + c <= i ? String(r * columns + c + 1) : ''),
        marked: [{ row, column, colour: theme.highlight }],
      },
    )
    return rowOfDrawings([grid, output], 22, 'middle')
  })
  const description =
    `A ${kernel.join(' × ')} kernel goes over ${input.join(' × ')} inputs with ${padding === 0 ? 'no zeros around' : `${padding} ${padding === 1 ? 'zero' : 'zeros'} on each side`}, ` +
    `${stride} at a time, and fills ${rows} × ${columns} outputs in ${rows * columns} ${rows * columns === 1 ? 'step' : 'steps'}.`
  const frames = drawings.map((drawing, i) =>
    composePicture(
      drawing,
      {
        title: `${title}, step ${i + 1}`,
        heading: title,
        description: `Step ${i + 1} of ${drawings.length}.`,
      },
      theme,
    ),
  )
  const whole = sheet
    ? composePicture(sheetOf(drawings), { title, description }, theme)
    : moving(frames, frameSeconds, title, description)
  return { ...whole, frames }
}

function isRim(
  row: number,
  column: number,
  input: readonly [number, number],
  padding: number,
): boolean {
  return (
    row < padding || column < padding || row >= input[0] + padding || column >= input[1] + padding
  )
}

function sheetOf(drawings: readonly { body: string; width: number; height: number }[]) {
  const first = drawings[0] ?? { width: 0, height: 0, body: '' }
  const across = Math.max(1, Math.min(drawings.length, Math.floor(1000 / (first.width + 36))))
  let body = ''
  drawings.forEach((drawing, i) => {
    body += translate(
      (i % across) * (first.width + 36),
      Math.floor(i / across) * (first.height + 28),
      drawing.body,
    )
  })
  return {
    body,
    width: Math.min(across, drawings.length) * (first.width + 36) - 36,
    height: Math.ceil(drawings.length / across) * (first.height + 28) - 28,
  }
}

/** Lays the frames over one another and shows one at a time, by SVG's own animation: no script. */
function moving(
  frames: readonly Picture[],
  seconds: number,
  title: string,
  description: string,
): Picture {
  const { width = 1, height = 1 } = frames[0] ?? {}
  const whole = frames.length * seconds
  const body = frames
    .map((frame, i) => {
      const times = [0, i / frames.length, (i + 1) / frames.length, 1]
      const values = ['hidden', 'visible', 'hidden', 'hidden']
      const animate = element('animate', {
        attributeName: 'visibility',
        dur: `${svgNumber(whole)}s`,
        repeatCount: 'indefinite',
        calcMode: 'discrete',
        keyTimes: times.map((t) => String(Math.round(t * 1e4) / 1e4)).join(';'),
        values: values.join(';'),
      })
      const inner = frame.svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>$/, '')
      // without animation the last frame, with all outputs filled, is what shows
      return element(
        'g',
        { visibility: i === frames.length - 1 ? 'visible' : 'hidden' },
        inner,
        animate,
      )
    })
    .join('')
  return {
    svg: svgDocument(body, width, height, title, description),
    width,
    height,
    title,
    description,
  }
}
