import type { CallbackDispatcher } from '../callbacks/callback-dispatcher.js'
import type { SavePoint } from '../callbacks/callback.js'
import type { MonitoredMetrics } from '../callbacks/monitored-metrics.js'
import type { Profiler } from '../profiler/profiler.js'
import type { Clock, RowWriter } from './row-writer.js'
import type { EventLoopTurn } from './event-loop-turns.js'
import type { RunContext } from './run-context.js'

/** What the loops of one run share. */
export interface Run {
  readonly context: RunContext
  readonly dispatcher: CallbackDispatcher
  readonly rows: RowWriter
  readonly clock: Clock
  /** Checks what callbacks watch; in a fit alone. */
  readonly monitored?: MonitoredMetrics
  /** There only where the time is to be measured. */
  readonly profiler?: Profiler
  /** Called after every batch. */
  readonly turn: EventLoopTurn
  /** Whether someone asked the run to end now. */
  interrupted(): boolean
  /** Lets callbacks ask for checkpoints, and writes them. */
  savePoint(point: SavePoint): Promise<void>
}
