import type { Reporter } from '../reporters/reporter.js'
import type { FitSession } from './fit-session.js'
import type { Interruption } from './trainer.js'
import type { TrainerOptions } from './trainer-options.js'

/** What a Trainer gives each of its runs. */
export interface Surroundings {
  options: Readonly<TrainerOptions>
  reporter: Reporter
  seed: number
  interruption: Interruption
  /** The latest fit. */
  session: FitSession | undefined
}
