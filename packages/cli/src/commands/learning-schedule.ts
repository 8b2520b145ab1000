import type { ClassifierOptions, Schedule } from '@ductus/training'
import { usageError } from '../errors/cli-error.js'
import { numberList } from '../options/number-list.js'
import type { FitValues } from './trainer-options.js'

type ScheduleOptions = Pick<
  ClassifierOptions,
  'schedule' | 'scheduleInterval' | 'oneCycleMaxLr' | 'oneCycleTotalSteps'
>

/**
 * Turns the schedule's options into those of the training module.
 *
 * @throws CliError when a schedule lacks what it needs, or two are asked for
 */
export async function learningSchedule(values: FitValues): Promise<ScheduleOptions> {
  const { oneCycleMaxLr, oneCycleTotalSteps, lrSchedule, warmupSteps = 0 } = values
  const interval = { scheduleInterval: (values.scheduleInterval ?? 'step') as 'step' | 'epoch' }
  if (oneCycleMaxLr !== undefined) {
    if (lrSchedule !== undefined || warmupSteps > 0) {
      throw usageError('Option --one-cycle-max-lr: expected no other schedule beside it.')
    }
    return { ...interval, oneCycleMaxLr, oneCycleTotalSteps: oneCycleTotalSteps ?? 100 }
  }
  const then = await named(values)
  if (!then && warmupSteps === 0) return {}
  const { constantLr, linearWarmup } = await import('@ductus/training')
  const rest = then ?? constantLr(values.lr ?? 1e-3)
  const schedule = warmupSteps > 0 ? linearWarmup({ steps: warmupSteps }, rest) : rest
  return { ...interval, schedule }
}

async function named(values: FitValues): Promise<Schedule | undefined> {
  const { lr = 1e-3, lrSteps, lrGamma: gamma = 0.1, lrRestartFactor: restartFactor } = values
  const { cosineLr, exponentialLr, multiStepLr, stepLr } = await import('@ductus/training')
  switch (values.lrSchedule) {
    case 'step':
      return stepLr({ lr, gamma, stepSize: needed(lrSteps, 'step') })
    case 'multistep':
      return multiStepLr({ lr, gamma, milestones: milestones(values.lrMilestones) })
    case 'cosine': {
      const steps = needed(lrSteps, 'cosine')
      return cosineLr({ lr, steps, ...(restartFactor === undefined ? {} : { restartFactor }) })
    }
    case 'exponential':
      return exponentialLr({ lr, gamma })
    default:
      return undefined
  }
}

function needed(steps: number | undefined, schedule: string): number {
  if (steps !== undefined) return steps
  throw usageError(`Option --lr-schedule ${schedule}: expected --lr-steps <n> too.`)
}

function milestones(text = ''): number[] {
  return numberList(text, {
    name: 'lr-milestones',
    expected: 'whole steps for --lr-schedule multistep, such as 1000,2000',
    holds: (step) => Number.isInteger(step) && step > 0,
  })
}
