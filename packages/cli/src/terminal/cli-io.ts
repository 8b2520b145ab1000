import { withoutCredentials } from '@ductus/training/credentials'

/** A stream that text goes to; a terminal says so and how wide it is. */
export interface TextSink {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number | undefined
}

/** Where the command line's words go, and the world it reads. */
export interface CliIo {
  stdout: TextSink
  stderr: TextSink
  env: Readonly<Record<string, string | undefined>>
}

/** Makes the io of this process. */
export function processIo(): CliIo {
  return { stdout: process.stdout, stderr: process.stderr, env: process.env }
}

/** Makes an io that writes no credentials, whatever it is given: results, messages, stacks. */
export function discreetIo(io: CliIo): CliIo {
  return { ...io, stdout: discreet(io.stdout), stderr: discreet(io.stderr) }
}

function discreet(sink: TextSink): TextSink {
  return Object.defineProperties(
    { write: (text: string) => sink.write(withoutCredentials(text)) },
    {
      isTTY: { get: () => sink.isTTY, enumerable: true },
      // A terminal's width changes.
      columns: { get: () => sink.columns, enumerable: true },
    },
  )
}
