import type { Span } from '@ductus/viz'
import { findDataClass } from '../classes/find-data-class.js'
import { usageError } from '../errors/cli-error.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { vizSpreadsheetOptions } from '../options/picture-options.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'
import { dataContext } from './data-context.js'

/** Draws one image of a data module as a table of its numbers, whole or a crop. */
export async function vizSpreadsheet({
  args,
  values,
  data,
  io,
}: CommandCall<OptionValues<typeof vizSpreadsheetOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { spreadsheetView } = await import('@ductus/viz')
  const DataClass = await (await findDataClass(args[0] ?? '')).load()
  const module = new DataClass(data, dataContext(values, printer))
  const { name, inputDims } = module.config()
  const [height, width, channels] = inputDims
  const { index = 0, split = 'test', channel = 0 } = values
  const rows = spanOf('rows', values.rows, height)
  const columns = spanOf('cols', values.cols, width)
  if (channel >= channels) {
    throw usageError(`Option --channel: expected a channel below ${channels}, received ${channel}.`)
  }
  await module.prepareData()
  await module.setup(split === 'test' ? 'test' : 'fit')
  const { dataset } =
    split === 'test'
      ? module.testDataLoader()
      : split === 'train'
        ? module.trainDataLoader()
        : module.valDataLoader()
  if (index >= dataset.length) {
    throw usageError(
      `Option --index: expected an image below ${dataset.length}, received ${index}.`,
    )
  }
  const x = new Float32Array(height * width * channels)
  const y = new Int32Array(dataset.yShape.reduce((a, b) => a * b, 1))
  dataset.fill([index], x, y, { seed: 42, epoch: 0 })
  await module.teardown()
  const picture = spreadsheetView(
    { data: x, height, width, channels },
    {
      rows,
      columns,
      channel,
      title: `${name}, ${split}: image ${index} as numbers`,
      ...pictureOptions(values),
    },
  )
  return savePictures([picture], 'spreadsheet', values, printer)
}

/** Reads `from:to`, either left out meaning the edge. */
function spanOf(option: string, text: string | undefined, length: number): Span {
  const [, from = '', to = ''] = /^(\d*):(\d*)$/.exec(text ?? ':') ?? [undefined, 'none']
  const span = [from === '' ? 0 : Number(from), to === '' ? length : Number(to)] as const
  if (span[0] < span[1] && span[1] <= length) return span
  throw usageError(
    `Option --${option}: expected from:to within 0:${length}, such as 0:13, received "${text}".`,
  )
}
