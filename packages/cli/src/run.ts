import { parseCommandLine } from './argv/parse-command-line.js'
import { errorText } from './errors/error-text.js'
import { exitCodeOf } from './errors/exit-code.js'
import { discreetIo, processIo } from './terminal/cli-io.js'
import type { CliIo } from './terminal/cli-io.js'

/**
 * Runs one command line and gives its exit code: 0 done, 1 failed, 2 usage, 130 interrupted. Never throws, never exits.
 *
 * @param argv the words after `ductus`
 * @param given where the words go. Defaults to the process's streams
 * @example
 * const code = await run(['fit', '--model', 'MLP', '--max-steps', '10'])
 */
export async function run(argv: readonly string[], given: CliIo = processIo()): Promise<number> {
  const io = discreetIo(given)
  const debug = argv.includes('--debug')
  try {
    const line = await parseCommandLine(argv, io)
    if (line.kind === 'answered') return line.exitCode
    // Paths are read from it; gone, it is an error that says so.
    process.cwd()
    const execute = await line.command.spec.load()
    return await execute(line.call as never)
  } catch (error) {
    io.stderr.write(`${errorText(error, debug)}\n`)
    return exitCodeOf(error)
  }
}
