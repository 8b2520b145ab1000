import type { DataContext, DataProgress } from '@ductus/data'
import type { LiveLine } from '../terminal/live-line.js'
import type { Printer } from '../terminal/printer.js'

/** Makes what a data module is told of its surroundings; with a live line, downloads are drawn there. */
export function dataContext(
  values: { dataDir?: string },
  printer: Printer,
  { signal, line }: { signal?: AbortSignal | undefined; line?: LiveLine | undefined } = {},
): DataContext {
  return {
    ...(values.dataDir === undefined ? {} : { dataDir: values.dataDir }),
    ...(signal ? { signal } : {}),
    reporter: {
      info: (text) => printer.info(text),
      warn: (text) => printer.warn(text),
      ...(line ? { progress: (state) => line.draw(progressLine(state)) } : {}),
    },
  }
}

/** Writes how far a long piece of work is: `train-images-idx3-ubyte.gz 4.2 of 9.9 MB`. */
function progressLine({ task, done, total, unit }: DataProgress): string {
  const amount = (value: number) =>
    unit === 'bytes' ? (value / 1e6).toFixed(1) : value.toLocaleString('en-US')
  const of = total === undefined ? '' : ` of ${amount(total)}`
  return `${task} ${amount(done)}${of}${unit === 'bytes' ? ' MB' : ''}`
}
