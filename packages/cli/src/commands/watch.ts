import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { watchOptions } from '../options/picture-options.js'
import { findRun } from '../pictures/find-run.js'
import { createPrinter } from '../terminal/printer.js'

/** Serves a page that follows a run, until Ctrl-C. */
export async function watch({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof watchOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { watchRun } = await import('@ductus/viz')
  const folder = await findRun(args[0], values)
  const watcher = await watchRun(folder, values.port === undefined ? {} : { port: values.port })
  printer.result(`Following ${folder} at ${watcher.url} (Ctrl-C ends it)`)
  const signal = await new Promise<'SIGINT' | 'SIGTERM'>((done) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => done(name))
  })
  await watcher.close()
  printer.json({ status: 'interrupted', url: watcher.url, runDir: folder })
  return signal === 'SIGINT' ? 130 : 143
}
