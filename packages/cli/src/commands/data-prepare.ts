import { findDataClass } from '../classes/find-data-class.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { dataPrepareOptions } from '../options/look-options.js'
import { LiveLine, aroundLiveLine } from '../terminal/live-line.js'
import { createPrinter } from '../terminal/printer.js'
import { dataContext } from './data-context.js'

/** Gets the files of a data module and checks that they can be read. */
export async function dataPrepare({
  args,
  values,
  data,
  io,
}: CommandCall<OptionValues<typeof dataPrepareOptions>>): Promise<number> {
  const line = new LiveLine(io.stderr)
  const printer = createPrinter(aroundLiveLine(io, line), values)
  const found = await findDataClass(args[0] ?? '')
  const DataClass = await found.load()
  const module = new DataClass(data, dataContext(values, printer, { line }))
  await module.prepareData()
  await module.setup('fit')
  await module.setup('test')
  line.clear()
  const description = module.describe()
  await module.teardown()
  printer.result(`${found.name} is ready.\n${description}`)
  printer.json({ name: found.name, status: 'ready', description })
  return 0
}
