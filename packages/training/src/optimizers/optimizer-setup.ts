import type { Schedule } from '../schedules/schedule.js'
import type { Optimizer } from './optimizer.js'

/** One optimizer with what it trains and how its learning rate goes. */
export interface OptimizerBinding {
  optimizer: Optimizer
  /** Names of the models it trains. Defaults to all. */
  models?: readonly string[]
  /** Learning rate (and momentum) as a function of the step or epoch. Defaults to the optimizer's own, constant. */
  schedule?: Schedule
  /** What the schedule counts. Defaults to `step`: optimizer steps. */
  interval?: 'step' | 'epoch'
}

/** What `configureOptimizers` gives: an optimizer, one with its schedule, or several by name. */
export type OptimizerSetup =
  Optimizer | OptimizerBinding | Readonly<Record<string, Optimizer | OptimizerBinding>>
