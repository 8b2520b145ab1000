import type { ArrayStats } from '@ductus/data'
import { findDataClass } from '../classes/find-data-class.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { dataShowOptions } from '../options/look-options.js'
import { inkArt } from '../terminal/ink-art.js'
import { createPrinter } from '../terminal/printer.js'
import { dataContext } from './data-context.js'

/** Describes a data module, its first training batch, and one training item with its picture. */
export async function dataShow({
  args,
  values,
  data,
  io,
}: CommandCall<OptionValues<typeof dataShowOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { inspectData } = await import('@ductus/data')
  const found = await findDataClass(args[0] ?? '')
  const DataClass = await found.load()
  const module = new DataClass(data, dataContext(values, printer))
  await module.prepareData()
  await module.setup('fit')
  await module.setup('test')
  const { index, seed = 42 } = values
  const { x, y, item } = inspectData(module, index === undefined ? { seed } : { index })
  const { name, mapping, inputDims, outputDims } = module.config()
  printer.json({ name, mapping, inputDims, outputDims, x, y, item: { ...item, x: undefined } })
  printer.result(module.describe())
  printer.result(`x: ${statsLine(x)}`)
  printer.result(`y: ${statsLine(y)}`)
  printer.result(
    `\nTraining item ${item.index}: ${JSON.stringify(item.label)} (y = ${item.y.join(', ')})`,
  )
  printer.result(inkArt(picture(item.x, item.xShape)))
  await module.teardown()
  return 0
}

function statsLine({ shape, dtype, min, mean, std, max }: ArrayStats): string {
  const facts = { min, mean, std, max }
  const shown = Object.entries(facts).map(([key, value]) => `${key} ${Number(value.toFixed(4))}`)
  return `[${shape.join(', ')}] ${dtype}, ${shown.join(', ')}`
}

/** Takes the first channel, stretched from its least to its greatest value. */
function picture(x: Float32Array, [height = 1, width = 1, channels = 1]: readonly number[]) {
  const plane = Float32Array.from({ length: height * width }, (_, i) => x[i * channels] ?? 0)
  const low = plane.reduce((a, b) => Math.min(a, b), Infinity)
  const high = plane.reduce((a, b) => Math.max(a, b), -Infinity)
  return { width, height, data: plane.map((value) => (value - low) / (high - low || 1)) }
}
