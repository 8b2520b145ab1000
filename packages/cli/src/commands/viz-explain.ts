import type { Picture } from '@ductus/viz'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { vizExplainOptions, vizReceptiveFieldOptions } from '../options/explain-options.js'
import { usageError } from '../errors/cli-error.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'

type ExplainValues = OptionValues<typeof vizExplainOptions>

/** Explains a convolution in pictures. */
export async function vizExplainConv({ values, io }: CommandCall<ExplainValues>): Promise<number> {
  const printer = createPrinter(io, values)
  const viz = await import('@ductus/viz')
  const { as = 'all', size = 6, stride = 1, padding = 0, row, column } = values
  const image = values.image === undefined ? seven(size) : await imageGridOf(values.image, size)
  const kernel = await kernelOf(values.kernel ?? 'top')
  const options = { ...pictureOptions(values), image, kernel, stride, padding }
  const frames = () =>
    viz.convFrames({
      ...pictureOptions(values),
      input: [size, size],
      kernel: [kernel.length, kernel[0]?.length ?? 0],
      stride,
      padding,
      // an SVG of the frames alone moves by itself; beside others they stand still
      sheet: !(as === 'frames' && /\.svg$/i.test(values.out ?? '')),
    })
  const step = () =>
    viz.explainConv({
      ...options,
      ...(row === undefined ? {} : { row }),
      ...(column === undefined ? {} : { column }),
    })
  const kinds: Record<string, () => Picture> = {
    step,
    im2col: () => viz.explainIm2col(options),
    matrix: () => viz.explainConvMatrix(options),
    frames,
    faces: () => viz.convFaces(pictureOptions(values)),
  }
  const wanted = as === 'all' ? Object.keys(kinds) : [as]
  const pictures = wanted.flatMap((kind) => kinds[kind]?.() ?? [])
  return savePictures(pictures, 'explain-conv', values, printer)
}

/** Draws what one unit of a network depends on. */
export async function vizReceptiveField({
  values,
  io,
}: CommandCall<OptionValues<typeof vizReceptiveFieldOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { receptiveFieldDiagram } = await import('@ductus/viz')
  const { parseInput, parseLayers } = await import('@ductus/models/analysis')
  const specs = parseLayers(values.layers ?? 'conv 4 3 s2 p1; conv 8 3 s2 p1')
  const [height = 0, width = 0] = parseInput(values.input ?? '28x28x1')
  const single = (value: unknown, what: string): number => {
    if (typeof value === 'number') return value
    if (Array.isArray(value) && value[0] === value[1]) return Number(value[0])
    throw usageError(
      `Option --layers: expected a square ${what}, received ${JSON.stringify(value)}.`,
    )
  }
  const layers = specs.flatMap((spec, i) => {
    const name = spec.name ?? `${spec.kind}${i + 1}`
    if (spec.kind === 'conv') {
      return [
        {
          name,
          kernel: single(spec.kernelSize, 'kernel'),
          stride: single(spec.strides ?? 1, 'stride'),
          padding: single(spec.padding ?? 0, 'padding'),
          dilation: single(spec.dilation ?? 1, 'dilation'),
        },
      ]
    }
    if (spec.kind === 'maxPool' || spec.kind === 'avgPool') {
      return [
        {
          name,
          kernel: single(spec.size, 'pool'),
          stride: single(spec.strides ?? spec.size, 'stride'),
        },
      ]
    }
    return []
  })
  const unit = values.unit === undefined ? undefined : unitOf(values.unit)
  const picture = receptiveFieldDiagram({
    input: [height, width],
    layers,
    ...(unit ? { unit } : {}),
    ...pictureOptions(values),
  })
  return savePictures([picture], 'receptive-field', values, printer)
}

function unitOf(text: string): [number, number] {
  const numbers = text.split(/[ ,x]+/).map(Number)
  const [row, column] = numbers
  if (numbers.length !== 2 || !Number.isInteger(row) || !Number.isInteger(column)) {
    throw usageError(`Option --unit: expected row,column, received "${text}".`)
  }
  return [row ?? 0, column ?? 0]
}

async function kernelOf(text: string): Promise<number[][]> {
  const { edgeKernels } = await import('@ductus/models/analysis')
  const named = (
    edgeKernels as unknown as Record<string, readonly (readonly number[])[] | undefined>
  )[text]
  if (named) return named.map((line) => [...line])
  const rows = text.split(/[;\n]/).map((line) =>
    line
      .trim()
      .split(/[\s,]+/)
      .map(Number),
  )
  const width = rows[0]?.length ?? 0
  if (rows.some((line) => line.length !== width || line.some((value) => !Number.isFinite(value)))) {
    const known = Object.keys(edgeKernels).join(', ')
    throw usageError(
      `Option --kernel: expected ${known} or rows of numbers such as "1 0; -1 2", received "${text}".`,
    )
  }
  return rows
}

/** Draws a seven of any size: a bar above, a slanted stroke below. */
function seven(size: number): number[][] {
  return Array.from({ length: size }, (_, r) =>
    Array.from({ length: size }, (_unused, c) => {
      const top = Math.round(size * 0.15)
      const right = size - 1 - Math.round(size * 0.15)
      if (r === top && c >= 1 && c <= right) return 1
      if (r <= top || r >= size - 1) return 0
      const stroke = right - ((r - top) * size) / (2.2 * size)
      return Math.max(0, Math.round((1 - Math.abs(c - stroke)) * 10) / 10)
    }),
  )
}

async function imageGridOf(path: string, size: number): Promise<number[][]> {
  const { readImage } = await import('@ductus/viz')
  const { data } = await readImage(path, { channels: 1, width: size, height: size })
  const values = Array.from(data, (value) => value / 255)
  const dark = values.reduce((a, b) => a + b, 0) / values.length > 0.5
  return Array.from({ length: size }, (_, r) =>
    values.slice(r * size, (r + 1) * size).map((v) => Math.round((dark ? 1 - v : v) * 100) / 100),
  )
}
