import { composePicture, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { element } from '../svg/element.js'
import { arrow } from '../svg/marks.js'
import { textAt } from '../svg/text.js'
import { fitText, measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { convOutput } from './conv-arithmetic.js'

/** One layer with a window: a convolution or a pooling. */
export interface WindowLayer {
  name: string
  kernel: number
  stride?: number
  padding?: number
  dilation?: number
}

/** Which cells of a map a chosen unit depends on: rows and columns, ends included; may reach into the padding. */
export interface Extent {
  rows: readonly [number, number]
  columns: readonly [number, number]
}

export interface ReceptiveFieldOptions extends PictureOptions {
  /** `[height, width]` of the input. */
  input: readonly [number, number]
  layers: readonly WindowLayer[]
  /** The unit in the last map. Defaults to the middle. */
  unit?: readonly [row: number, column: number]
  /** The input's values, printed in its cells, and each map's, where they are known: input first. */
  values?: readonly (readonly (readonly number[])[])[]
}

/** Works out what a unit of the last map depends on in every map, the input first; and the maps' sizes. */
export function receptiveField(options: Pick<ReceptiveFieldOptions, 'input' | 'layers' | 'unit'>): {
  sizes: [number, number][]
  extents: Extent[]
  unit: readonly [number, number]
} {
  const { input, layers } = options
  if (layers.length === 0) {
    throw new VizError(
      'argument',
      'receptiveField: expected at least 1 layer with a window, received none.',
    )
  }
  const sizes: [number, number][] = [[input[0], input[1]]]
  for (const layer of layers) {
    const before = sizes.at(-1) ?? [0, 0]
    sizes.push(convOutput({ ...layer, input: before, kernel: [layer.kernel, layer.kernel] }))
  }
  const last = sizes.at(-1) ?? [1, 1]
  const unit =
    options.unit ?? ([Math.floor((last[0] - 1) / 2), Math.floor((last[1] - 1) / 2)] as const)
  if (!(unit[0] >= 0 && unit[0] < last[0] && unit[1] >= 0 && unit[1] < last[1])) {
    throw new VizError(
      'argument',
      `receptiveField: expected a unit below (${last.join(', ')}), received (${unit.join(', ')}).`,
    )
  }
  const extents: Extent[] = [{ rows: [unit[0], unit[0]], columns: [unit[1], unit[1]] }]
  for (const layer of [...layers].reverse()) {
    const { kernel, stride = 1, padding = 0, dilation = 1 } = layer
    const back = ([low, high]: readonly [number, number]): readonly [number, number] => [
      low * stride - padding,
      high * stride - padding + dilation * (kernel - 1),
    ]
    const next = extents[0] as Extent
    extents.unshift({ rows: back(next.rows), columns: back(next.columns) })
  }
  return { sizes, extents, unit }
}

/**
 * Draws what a unit depends on: the input and each map as grids, the unit's precedents in them framed, their size in
 * numbers, and arrows from the corners of each to the window of the next.
 */
export function receptiveFieldDiagram(options: ReceptiveFieldOptions): Picture {
  const theme = themeOf(options.theme)
  const { layers, values } = options
  const { sizes, extents, unit } = receptiveField(options)
  const largest = Math.max(...sizes.map((size) => Math.max(...size)))
  const cell = Math.max(7, Math.min(26, 260 / largest))
  const gap = 150
  const tallest = Math.max(...sizes.map(([h]) => h)) * cell
  const reach = Math.max(
    0,
    ...extents.map((e, i) => Math.max(-e.columns[0], e.columns[1] - (sizes[i]?.[1] ?? 0) + 1)),
  )
  const above = Math.max(0, ...extents.map((e) => -e.rows[0]))
  const below = Math.max(0, ...extents.map((e, i) => e.rows[1] - (sizes[i]?.[0] ?? 0) + 1))
  const top = 40 + above * cell
  let x = reach * cell
  const boxes = sizes.map(([h, w], i) => {
    const box = { x, y: top + (tallest - h * cell) / 2, width: w * cell, height: h * cell }
    x += w * cell + (i < sizes.length - 1 ? gap : 0)
    return box
  })
  let body = ''
  let arrows = ''
  boxes.forEach((box, i) => {
    const extent = extents[i] as Extent
    const [h, w] = sizes[i] as [number, number]
    const label = i === 0 ? 'input' : (layers[i - 1]?.name ?? '')
    const room = box.width + (i < boxes.length - 1 ? gap - 20 : gap)
    body += textAt(box.x, box.y - 22 - above * cell, fitText(label, room, 13, 600), {
      fill: theme.ink,
      size: 13,
      weight: 600,
    })
    body += textAt(box.x, box.y - 8 - above * cell, `${h} × ${w}`, {
      fill: theme.muted,
      size: 11.5,
    })
    for (let r = Math.min(0, extent.rows[0]); r <= Math.max(h - 1, extent.rows[1]); r++) {
      for (let c = Math.min(0, extent.columns[0]); c <= Math.max(w - 1, extent.columns[1]); c++) {
        const inside =
          r >= extent.rows[0] &&
          r <= extent.rows[1] &&
          c >= extent.columns[0] &&
          c <= extent.columns[1]
        const padded = r < 0 || c < 0 || r >= h || c >= w
        if (padded && !inside) continue
        const chosen = i === boxes.length - 1 && inside
        body += element('rect', {
          x: box.x + c * cell + 0.5,
          y: box.y + r * cell + 0.5,
          width: cell - 1,
          height: cell - 1,
          fill: padded ? 'none' : chosen ? theme.highlight : inside ? theme.accent : theme.surface,
          'fill-opacity': inside && !chosen ? 0.45 : undefined,
          stroke: inside ? theme.accent : theme.grid,
          'stroke-dasharray': padded ? '2 2' : undefined,
          'stroke-width': 0.75,
        })
        const value = padded ? 0 : values?.[i]?.[r]?.[c]
        if (value !== undefined && cell >= 16 && values) {
          const text = String(Math.round(value * 10) / 10).replace('-', '−')
          const size = Math.min(cell * 0.4, (cell - 3) / Math.max(1, measureText(text, 1)))
          body += textAt(box.x + (c + 0.5) * cell, box.y + (r + 0.5) * cell + size * 0.36, text, {
            fill: padded ? theme.muted : theme.ink,
            size,
            anchor: 'middle',
          })
        }
      }
    }
    const frame = frameOf(box, extent, cell)
    body += element('rect', {
      ...frame,
      fill: 'none',
      stroke: theme.highlight,
      'stroke-width': 2.5,
    })
    const size = `${extent.rows[1] - extent.rows[0] + 1} × ${extent.columns[1] - extent.columns[0] + 1}`
    body += labelBelow(frame, i === boxes.length - 1 ? `unit (${unit.join(', ')})` : size, theme)
    const next = boxes[i + 1]
    const layer = layers[i]
    if (next && layer) {
      const target = frameOf(next, extents[i + 1] as Extent, cell)
      const from = [frame.x + frame.width, frame.y] as const
      const to = [target.x, target.y] as const
      arrows += arrow(from, to, theme.highlight, { dash: '4 3', head: 9 })
      arrows += arrow(
        [from[0], frame.y + frame.height],
        [to[0], target.y + target.height],
        theme.highlight,
        { dash: '4 3', head: 9 },
      )
      const middle = box.x + box.width + (next.x - box.x - box.width) / 2
      const { kernel, stride = 1, padding = 0 } = layer
      const words = [
        `${kernel} × ${kernel}`,
        `stride ${stride}${padding > 0 ? `, pad ${padding}` : ''}`,
      ]
      words.forEach((line, k) => {
        const y = 12 + k * 15
        body += textAt(middle, y, line, { fill: theme.muted, size: 11.5, anchor: 'middle' })
      })
    }
  })
  const first = extents[0] as Extent
  const field = `${first.rows[1] - first.rows[0] + 1} × ${first.columns[1] - first.columns[0] + 1}`
  const padded = extents.some(
    (e, i) =>
      e.rows[0] < 0 ||
      e.columns[0] < 0 ||
      e.rows[1] >= (sizes[i]?.[0] ?? 0) ||
      e.columns[1] >= (sizes[i]?.[1] ?? 0),
  )
  return composePicture(
    {
      body: body + arrows,
      // the last map's name may be wider than the map
      width: Math.max(
        x + reach * cell + 8,
        (boxes.at(-1)?.x ?? 0) + Math.min(gap, measureText(layers.at(-1)?.name ?? '', 13, 600)),
      ),
      height: top + tallest + below * cell + 18,
    },
    {
      title: options.title ?? 'What one unit sees',
      subtitle:
        options.subtitle ??
        `unit (${unit.join(', ')}) of ${layers.at(-1)?.name ?? 'the last map'} depends on ${field} of the input${padded ? '; dashed cells lie in the padding' : ''}`,
      description: extents
        .map(
          (extent, i) =>
            `${i === 0 ? 'input' : (layers[i - 1]?.name ?? '')}: ${range('row', extent.rows)}, ${range('column', extent.columns)}`,
        )
        .join('; '),
    },
    theme,
  )
}

/** Writes words under a frame, on a ground of their own: they may come to lie on the map's cells. */
function labelBelow(
  frame: { x: number; y: number; width: number; height: number },
  text: string,
  theme: Theme,
): string {
  const [x, y] = [frame.x + frame.width / 2, frame.y + frame.height + 15]
  const width = measureText(text, 12, 600) + 8
  return (
    element('rect', {
      x: x - width / 2,
      y: y - 12,
      width,
      height: 17,
      rx: 3,
      fill: theme.background,
      'fill-opacity': 0.85,
    }) + textAt(x, y + 1, text, { fill: theme.ink, size: 12, weight: 600, anchor: 'middle' })
  )
}

function range(what: string, [low, high]: readonly [number, number]): string {
  return low === high ? `${what} ${low}` : `${what}s ${low} to ${high}`
}

function frameOf(box: { x: number; y: number }, extent: Extent, cell: number) {
  return {
    x: box.x + extent.columns[0] * cell,
    y: box.y + extent.rows[0] * cell,
    width: (extent.columns[1] - extent.columns[0] + 1) * cell,
    height: (extent.rows[1] - extent.rows[0] + 1) * cell,
  }
}
