import { checkOptions, oneOf, optional } from '../check-options.js'
import { createOptimizer, type OptimizerName } from '../optimizers/create-optimizer.js'
import type { OptimizerSetup } from '../optimizers/optimizer-setup.js'
import { oneCycle } from '../schedules/one-cycle.js'
import type { Schedule } from '../schedules/schedule.js'

/** How a ready module learns. */
export interface LearningOptions {
  /** Optimizer by name. Defaults to `Adam`. */
  optimizer?: OptimizerName
  /** Learning rate. Defaults to 1e-3. */
  lr?: number
  /** More options of the optimizer, such as `{ momentum: 0.9 }`. */
  optimizerOptions?: Readonly<Record<string, unknown>>
  /** Learning rate, and momentum, by step; see `oneCycle` and its like. Defaults to `lr`, constant. */
  schedule?: Schedule
  /** What the schedule counts: optimizer steps, or epochs. Defaults to `step`. */
  scheduleInterval?: 'step' | 'epoch'
  /** Follows `oneCycle` to this rate, as the lab's `--one_cycle_max_lr`. Defaults to no schedule. */
  oneCycleMaxLr?: number
  /** Steps (or epochs) of that cycle. Defaults to 100. */
  oneCycleTotalSteps?: number
}

/**
 * Makes the optimizer, with its schedule where there is one.
 *
 * @throws TrainingError for a name that is unknown or a value out of range
 */
export function optimizerSetup(options: LearningOptions): OptimizerSetup {
  const { lr = 1e-3, optimizerOptions, scheduleInterval: interval = 'step' } = options
  checkSchedule(options)
  const optimizer = createOptimizer(options.optimizer ?? 'Adam', { lr, ...optimizerOptions })
  const { oneCycleMaxLr: maxLr, oneCycleTotalSteps: totalSteps = 100 } = options
  const schedule = maxLr === undefined ? options.schedule : oneCycle({ maxLr, totalSteps })
  return schedule ? { optimizer, schedule, interval } : optimizer
}

type ScheduleOptions = Pick<LearningOptions, 'schedule' | 'scheduleInterval'>

const scheduleRanges = {
  schedule: optional({
    expected: 'a function of the step',
    holds: (value) => typeof value === 'function',
  }),
  scheduleInterval: oneOf('step', 'epoch'),
}

function checkSchedule({ schedule, scheduleInterval = 'step' }: LearningOptions): void {
  const given = { ...(schedule !== undefined && { schedule }), scheduleInterval }
  checkOptions<ScheduleOptions, object>('Schedule', {}, scheduleRanges, given)
}

/** The options as `hparams.json` and checkpoints hold them, defaults filled in. */
export function learningHparams<Options extends LearningOptions>(
  options: Options,
): Record<string, unknown> {
  const { optimizer = 'Adam', lr = 1e-3, schedule, ...rest } = options
  return { optimizer, lr, ...rest, ...(schedule ? { schedule: schedule.name || 'custom' } : {}) }
}
