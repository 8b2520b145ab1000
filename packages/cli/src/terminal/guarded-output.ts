import { processIo } from './cli-io.js'
import type { CliIo, TextSink } from './cli-io.js'

/** The process's streams, which end nothing when they cannot be written. */
export interface GuardedOutput {
  io: CliIo
  /** Waits for what was written, and says why it did not reach stdout; undefined where it did, or its reader left. */
  lost(): Promise<Error | undefined>
}

/**
 * Makes stdout and stderr safe to write: a reader that has seen enough (`ductus fit --help | head`) and a device that is
 * full end no training; what they do not take is dropped.
 */
export function guardOutput(): GuardedOutput {
  const { env } = processIo()
  const stdout = guarded(process.stdout)
  const stderr = guarded(process.stderr)
  const lost = async () => {
    const error = await stdout.settled()
    return error?.code === 'EPIPE' ? undefined : error
  }
  return { io: { stdout: stdout.sink, stderr: stderr.sink, env }, lost }
}

function guarded(stream: NodeJS.WriteStream): {
  sink: TextSink
  settled(): Promise<NodeJS.ErrnoException | undefined>
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
  // The callbacks of a stream's writes come in their order, those of one that failed too.
  const settled = () =>
    new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      if (failure !== undefined) resolve(failure)
      else
        stream.write('', (error) =>
          resolve(failure ?? (error as NodeJS.ErrnoException) ?? undefined),
        )
    })
  return { sink, settled }
}
