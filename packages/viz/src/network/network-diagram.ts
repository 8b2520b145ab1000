import { groupDigits, shortNumber } from '../images/colour-bar.js'
import { composePicture, type PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { element, svgNumber } from '../svg/element.js'
import { arrow } from '../svg/marks.js'
import { textAt } from '../svg/text.js'
import { fitText, measureText } from '../text/measure-text.js'
import { themeOf, type Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { kindWord } from './kind-word.js'
import type { NetworkLayer } from './network-layer.js'

export interface NetworkDiagramOptions extends PictureOptions {
  /** `[height, width, channels]`, drawn as the first box. */
  inputShape?: readonly number[]
}

const rowHeight = 46
const gap = 18
const boxWidth = 268
const blockArea = 96
const barWidth = 110

/**
 * Draws a network from top to bottom: a box a layer with its kind and shape, a block drawn to the map's size, bars for
 * its share of the parameters and of the multiply-accumulates, and an arrow for each connection.
 */
export function networkDiagram(
  layers: readonly NetworkLayer[],
  options: NetworkDiagramOptions = {},
): Picture {
  if (layers.length === 0) {
    throw new VizError('argument', 'networkDiagram: expected at least 1 layer, received none.')
  }
  const theme = themeOf(options.theme)
  const boxes: NetworkLayer[] = options.inputShape
    ? [
        { name: 'input', kind: 'input', outputShape: options.inputShape, parameters: 0, macs: 0 },
        ...layers,
      ]
    : [...layers]
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0)
  const macs = layers.reduce((sum, layer) => sum + layer.macs, 0)
  const most = {
    parameters: Math.max(1, ...layers.map((layer) => layer.parameters)),
    macs: Math.max(1, ...layers.map((layer) => layer.macs)),
    // a line is far wider than high: by its width all blocks would be slivers
    size: Math.max(...boxes.map((layer) => tall(layer.outputShape))),
    depth: Math.max(
      1,
      ...boxes.filter((l) => l.outputShape.length > 1).map((l) => l.outputShape.at(-1) ?? 1),
    ),
  }
  const skips = skipsOf(boxes)
  const left = skips.length > 0 ? 34 : 0
  const columns = {
    box: left,
    block: left + boxWidth + 14,
    shape: left + boxWidth + blockArea + 24,
    parameters: 0,
    macs: 0,
  }
  columns.parameters = columns.shape + 104
  columns.macs = columns.parameters + barWidth + 84
  const header = 24
  const top = (i: number) => header + i * (rowHeight + gap)
  let body = ''
  for (const [x, word] of [
    [columns.shape, 'output'],
    [columns.parameters, 'parameters'],
    [columns.macs, 'multiply-accumulates'],
  ] as const) {
    body += textAt(x, 12, word, { fill: theme.muted, size: 11 })
  }
  boxes.forEach((layer, i) => {
    const y = top(i)
    if (i > 0 && takesPrevious(boxes, i)) {
      body += arrow(
        [columns.box + boxWidth / 2, y - gap],
        [columns.box + boxWidth / 2, y - 1],
        theme.border,
      )
    }
    body += layerBox(layer, columns.box, y, theme)
    body += mapBlock(layer.outputShape, columns.block, y, most, theme)
    body += textAt(
      columns.shape,
      y + rowHeight / 2 + 4,
      layer.outputShape.map(groupDigits).join(' × '),
      {
        fill: theme.ink,
        size: 12,
      },
    )
    if (layer.kind !== 'input') {
      body += bar(
        columns.parameters,
        y,
        layer.parameters,
        most.parameters,
        theme.series[0] ?? '',
        theme,
      )
      body += bar(columns.macs, y, layer.macs, most.macs, theme.series[1] ?? '', theme)
    }
  })
  skips.forEach(([from, to], i) => {
    const x = left - 10 - (i % 2) * 10
    const y1 = top(from) + rowHeight / 2
    const y2 = top(to) + rowHeight / 2
    body += element('path', {
      d: `M${svgNumber(left)},${svgNumber(y1)}H${svgNumber(x)}V${svgNumber(y2)}`,
      fill: 'none',
      stroke: theme.highlight,
      'stroke-width': 1.5,
      'stroke-dasharray': '5 3',
    })
    body += arrow([x, y2], [left - 1, y2], theme.highlight)
  })
  const words = `${groupDigits(parameters)} parameters, ${groupDigits(macs)} multiply-accumulates an image`
  return composePicture(
    { body, width: columns.macs + barWidth + 78, height: top(boxes.length) - gap },
    {
      title: options.title ?? 'The network',
      subtitle: options.subtitle ?? words,
      description: `${words}. ${boxes.map((l) => `${l.name}: ${l.kind} to ${l.outputShape.map(groupDigits).join(' × ')}`).join('; ')}.`,
      caption: '',
    },
    theme,
  )
}

function spatial(shape: readonly number[]): [number, number] {
  return shape.length >= 3
    ? [shape[0] ?? 1, shape[1] ?? 1]
    : shape.length === 2
      ? [1, shape[0] ?? 1]
      : [1, 1]
}

function layerBox(layer: NetworkLayer, x: number, y: number, theme: Theme): string {
  const input = layer.kind === 'input'
  const words = [layer.detail, layer.activation]
    .filter((part) => part !== undefined && part !== '')
    .join(', ')
  const name = kindWord(layer.kind)
  const kind = words === '' ? name : `${name}: ${words}`
  const size = measureText(kind, 11.5) > boxWidth - 24 ? 10 : 11.5
  return (
    element('rect', {
      x: x + 0.5,
      y: y + 0.5,
      width: boxWidth - 1,
      height: rowHeight - 1,
      rx: 4,
      fill: input ? theme.background : theme.surface,
      stroke: theme.border,
      'stroke-dasharray': input ? '4 3' : undefined,
    }) +
    textAt(x + 12, y + (input ? 28 : 19), fitText(layer.name, boxWidth - 24, 13, 600), {
      fill: theme.ink,
      size: 13,
      weight: 600,
    }) +
    (input
      ? ''
      : textAt(x + 12, y + 36, fitText(kind, boxWidth - 24, size), { fill: theme.muted, size }))
  )
}

/** What a map's block is scaled by: its longer side, of a line its height. */
function tall(shape: readonly number[]): number {
  const [height, width] = spatial(shape)
  return width >= 4 * height ? height : Math.max(height, width)
}

/** A slanted block as high and wide as the map (a line is cut short), as deep as the root of its channels; a vector is a bar. */
function mapBlock(
  shape: readonly number[],
  x: number,
  y: number,
  most: { size: number; depth: number },
  theme: Theme,
): string {
  if (shape.length === 1) {
    const height = Math.max(4, (rowHeight - 8) * Math.min(1, Math.log10(shape[0] ?? 1) / 4))
    const top = y + (rowHeight - height) / 2
    return element('rect', {
      x: x + 4,
      y: top,
      width: 6,
      height,
      fill: theme.accent,
      'fill-opacity': 0.8,
    })
  }
  const [h, w] = spatial(shape)
  const scale = (rowHeight - 14) / most.size
  const height = Math.max(2, h * scale)
  const width = Math.max(2, Math.min(44, w * scale))
  const depth = 2 + 34 * Math.sqrt((shape.at(-1) ?? 1) / most.depth)
  const slant = depth * 0.3
  const bottom = y + rowHeight / 2 + (height + slant) / 2
  const p = (px: number, py: number) => `${svgNumber(px)},${svgNumber(py)}`
  const face = { fill: theme.accent, stroke: theme.background, 'stroke-width': 0.75 }
  return (
    element('path', {
      d: `M${p(x, bottom - height)}L${p(x + depth, bottom - height - slant)}L${p(x + depth + width, bottom - height - slant)}L${p(x + width, bottom - height)}Z`,
      ...face,
      'fill-opacity': 0.55,
    }) +
    element('path', {
      d: `M${p(x + width, bottom - height)}L${p(x + width + depth, bottom - height - slant)}L${p(x + width + depth, bottom - slant)}L${p(x + width, bottom)}Z`,
      ...face,
      'fill-opacity': 0.8,
    }) +
    element('rect', { x, y: bottom - height, width, height, ...face, 'fill-opacity': 0.35 })
  )
}

function bar(
  x: number,
  y: number,
  value: number,
  most: number,
  colour: string,
  theme: Theme,
): string {
  const width = value === 0 ? 0 : Math.max(1.5, (value / most) * barWidth)
  const middle = y + rowHeight / 2
  const words =
    value === 0 ? '–' : value < 1_000_000 ? groupDigits(value) : `${shortNumber(value / 1e6)} M`
  return (
    (width > 0 ? element('rect', { x, y: middle - 6, width, height: 12, fill: colour }) : '') +
    textAt(x + width + (width > 0 ? 6 : 0), middle + 4, words, {
      fill: value === 0 ? theme.muted : theme.ink,
      size: 11.5,
    })
  )
}

function takesPrevious(boxes: readonly NetworkLayer[], i: number): boolean {
  const inputs = boxes[i]?.inputs
  return inputs === undefined || inputs.length === 0 || inputs.includes(boxes[i - 1]?.name ?? '')
}

function skipsOf(boxes: readonly NetworkLayer[]): [number, number][] {
  const at = new Map(boxes.map((layer, i) => [layer.name, i]))
  return boxes.flatMap((layer, i) =>
    (layer.inputs ?? []).flatMap((name): [number, number][] => {
      const from = at.get(name)
      return from !== undefined && from !== i - 1 ? [[from, i]] : []
    }),
  )
}
