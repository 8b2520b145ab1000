import { exitCodes } from '../errors/exit-code.js'
import type { Printer } from './printer.js'

/** Ctrl-C and SIGTERM while a command works. */
export interface Interrupts {
  /** Aborted by the first of them. */
  readonly signal: AbortSignal
  /**
   * Does work that ends with a checkpoint. A second signal meanwhile does not end the process, a third does: `npx` and
   * impatient users send two.
   */
  whileSaving<Result>(work: () => Promise<Result>): Promise<Result>
}

/**
 * Runs a command that is told of signals: the first asks it to end in good order, the second ends the process at once.
 *
 * @param undone what to say where the command was left because of a signal, and had nothing to say itself
 * @returns the exit code: the signal's where there was one
 */
export async function interruptible(
  printer: Printer,
  undone: string,
  work: (interrupts: Interrupts) => Promise<number>,
): Promise<number> {
  const controller = new AbortController()
  const { signal } = controller
  let code: number | undefined
  let signals = 0
  let saving = false
  const handle = (name: NodeJS.Signals): void => {
    const wanted = name === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted
    signals++
    if (signals > (saving ? 2 : 1)) process.exit(wanted)
    printer.info(`\n${words(signals, saving)}`)
    code ??= wanted
    controller.abort()
  }
  const whileSaving: Interrupts['whileSaving'] = (saves) => {
    saving = true
    return saves().finally(() => {
      saving = false
    })
  }
  process.on('SIGINT', handle).on('SIGTERM', handle)
  try {
    const own = await work({ signal, whileSaving })
    return code ?? own
  } catch (error) {
    if (code === undefined || !isAbort(error)) throw error
    printer.info(undone)
    return code
  } finally {
    process.off('SIGINT', handle).off('SIGTERM', handle)
  }
}

function words(signals: number, saving: boolean): string {
  if (!saving) return 'Stopping in good order. A second signal quits at once.'
  return signals === 1
    ? 'Stopping after this batch, then writing the last checkpoint.'
    : 'Still finishing the batch and writing the checkpoint. A third signal quits at once, without it.'
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'AbortError' || isAbort(error.cause)
}
