import { existsSync } from 'node:fs'
import { dataModules } from '@ductus/data/catalog'
import type { CommandCall } from '../options/command-spec.js'
import type { dataPrepareOptions } from '../options/look-options.js'
import type { OptionValues } from '../options/option-spec.js'
import { createPrinter } from '../terminal/printer.js'
import { table } from '../terminal/table.js'
import { dataContext } from './data-context.js'

/** Lists the data modules, and whether their files lie in the data folder. */
export async function dataList({
  values,
  io,
}: CommandCall<OptionValues<typeof dataPrepareOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { dataFolders } = await import('@ductus/data')
  const context = dataContext(values, printer)
  const rows = dataModules.map(({ name, summary, source }) => {
    const folder = dataFolders(kebabFolder(name), context).downloaded
    return { name, summary, source, folder: existsSync(folder) ? folder : undefined }
  })
  printer.json(rows)
  if (values.json === true) return 0
  const lines = rows.map(({ name, summary, source, folder }) => [
    name,
    summary,
    source,
    folder === undefined ? 'not prepared' : 'prepared',
  ])
  printer.result(table([['name', 'what it is', 'source', 'files'], ...lines]))
  printer.info(
    '\n`ductus data prepare <name>` fetches the files, `ductus data show <name>` looks at them.',
  )
  return 0
}

function kebabFolder(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
}
