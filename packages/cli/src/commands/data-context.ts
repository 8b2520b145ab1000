import type { DataContext } from '@ductus/data'
import type { Printer } from '../terminal/printer.js'

/** Makes what a data module is told of its surroundings. */
export function dataContext(
  values: { dataDir?: string },
  printer: Printer,
  signal?: AbortSignal,
): DataContext {
  return {
    ...(values.dataDir === undefined ? {} : { dataDir: values.dataDir }),
    ...(signal ? { signal } : {}),
    reporter: { info: (line) => printer.info(line), warn: (line) => printer.warn(line) },
  }
}
