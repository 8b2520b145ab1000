import { processIo } from './cli-io.js'
import type { CliIo, TextSink } from './cli-io.js'

/** The process's streams, which end nothing when they cannot be written. */
export interface GuardedOutput {
  io: CliIo
  /** Why results did not reach stdout; undefined where they did, or where their reader had seen enough. */
  lost(): Error | undefined
}

/**
 * Makes stdout and stderr safe to write: a reader that has seen enough (`ductus fit --help | head`) and a device that is
 * full end no training; what they do not take is dropped.
 */
export function guardOutput(): GuardedOutput {
  const { env } = processIo()
  const stdout = guarded(process.stdout)
  const stderr = guarded(process.stderr)
  const lost = () => {
    const error = stdout.failure()
    return error?.code === 'EPIPE' ? undefined : error
  }
  return { io: { stdout: stdout.sink, stderr: stderr.sink, env }, lost }
}

function guarded(stream: NodeJS.WriteStream): {
  sink: TextSink
  failure(): NodeJS.ErrnoException | undefined
} {
  let failure: NodeJS.ErrnoException | undefined
  const fail = (error: unknown) => {
    failure ??= error as NodeJS.ErrnoException
  }
  stream.on('error', fail)
  const write = (text: string): void => {
    if (failure !== undefined) return
    try {
      stream.write(text)
    } catch (error) {
      // Streams over files throw at once.
      fail(error)
    }
  }
  const sink = Object.defineProperties(
    { write },
    {
      isTTY: { get: () => stream.isTTY, enumerable: true },
      columns: { get: () => stream.columns, enumerable: true },
    },
  )
  return { sink, failure: () => failure }
}
