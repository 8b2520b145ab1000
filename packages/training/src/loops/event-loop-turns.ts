/** Waits until the event loop has turned; undefined, at no cost, where it has turned lately. */
export type EventLoopTurn = () => Promise<void> | undefined

/** With batches shorter than this the loop turns at least every 40 ms, with longer ones after each. */
const intervalMs = 20

/**
 * Lets signals, timers, sockets and other work of the process be heard between batches: on a backend that computes in the
 * calling thread, awaiting a step's loss runs microtasks alone.
 *
 * @param clock gives milliseconds
 * @returns a function to call after every batch, and to await where it gives a promise
 */
export function eventLoopTurns(clock: () => number): EventLoopTurn {
  let turned = clock()
  const turn = (resolve: () => void): void => {
    turned = clock()
    resolve()
  }
  return () => {
    if (clock() - turned < intervalMs) return undefined
    return new Promise((resolve) => setImmediate(turn, resolve))
  }
}
