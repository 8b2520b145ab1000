import type { CliIo } from './cli-io.js'

/** Sends each kind of line where it belongs. */
export interface Printer {
  /** What the command is for: stdout, or stderr with `--json`. */
  result(text: string): void
  /** How it goes: stderr, nothing with `--quiet`. */
  info(text: string): void
  warn(text: string): void
  /** The one JSON object of `--json`; nothing without. */
  json(value: unknown): void
}

/** Makes the printer of a command from its `--json` and `--quiet`. */
export function createPrinter(io: CliIo, values: { json?: boolean; quiet?: boolean }): Printer {
  const isJson = values.json === true
  return {
    result: (text) => void (isJson ? io.stderr : io.stdout).write(`${text}\n`),
    info: (text) => {
      if (values.quiet !== true) io.stderr.write(`${text}\n`)
    },
    warn: (text) => void io.stderr.write(`warning: ${text}\n`),
    json: (value) => {
      if (isJson) io.stdout.write(`${JSON.stringify(value)}\n`)
    },
  }
}
