import { exitCodes } from '../errors/exit-code.js'
import type { Printer } from './printer.js'

/** Listens for Ctrl-C and SIGTERM while a command works. */
export interface Interrupts {
  /** Aborted by the first of them. */
  readonly signal: AbortSignal
  /** The exit code that the signal asks for; undefined when there was none. */
  code(): number | undefined
  dispose(): void
}

/** Starts listening: the first signal asks the work to end in good order, the second ends the process at once. */
export function listenForInterrupts(printer: Printer): Interrupts {
  const controller = new AbortController()
  let code: number | undefined
  const handle = (name: NodeJS.Signals) => {
    const wanted = name === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted
    if (code !== undefined) process.exit(wanted)
    code = wanted
    printer.info(
      '\nInterrupted: the batch is finished and the last checkpoint written. Again to quit at once.',
    )
    controller.abort()
  }
  process.on('SIGINT', handle).on('SIGTERM', handle)
  return {
    signal: controller.signal,
    code: () => code,
    dispose: () => void process.off('SIGINT', handle).off('SIGTERM', handle),
  }
}
