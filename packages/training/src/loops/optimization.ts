import { namedWeights } from '@ductus/backend'
import { belowOne, notNegative } from '../check-options.js'
import { suggestName } from '../nearest-name.js'
import type { LitModule } from '../modules/lit-module.js'
import type { Optimizer, TrainedWeight } from '../optimizers/optimizer.js'
import type { OptimizerBinding, OptimizerSetup } from '../optimizers/optimizer-setup.js'
import type { Schedule } from '../schedules/schedule.js'
import { TrainingError } from '../training-error.js'

/** One optimizer, ready to step. */
export interface BoundOptimizer {
  name: string
  optimizer: Optimizer
  weights: readonly TrainedWeight[]
  schedule: Schedule | undefined
  interval: 'step' | 'epoch'
}

/** Binds a module's optimizers to the weights they train. */
export class Optimization {
  readonly bound: readonly BoundOptimizer[]
  /** By name. */
  readonly optimizers: Readonly<Record<string, Optimizer>>

  constructor(module: LitModule) {
    this.bound = bindings(module.configureOptimizers()).map(([name, binding]) => ({
      name,
      optimizer: binding.optimizer,
      weights: weightsOf(module, name, binding.models),
      schedule: binding.schedule,
      interval: binding.interval ?? 'step',
    }))
    this.optimizers = Object.fromEntries(this.bound.map(({ name, optimizer }) => [name, optimizer]))
  }

  /**
   * Sets each optimizer's learning rate, and momentum, for the step that comes.
   *
   * @throws TrainingError `INVALID_OPTION` naming the schedule and the step, where it gives anything else than numbers in range
   */
  schedule(step: number, epoch: number): void {
    for (const { optimizer, schedule, interval } of this.bound) {
      if (!schedule) continue
      const at = interval === 'step' ? step : epoch
      const scheduled = schedule(at)
      const { lr, momentum } = typeof scheduled === 'number' ? { lr: scheduled } : scheduled
      if (!notNegative.holds(lr)) throw outOfRange(schedule, at, interval, 'learning rate', lr)
      if (momentum !== undefined && !belowOne.holds(momentum)) {
        throw outOfRange(schedule, at, interval, 'momentum', momentum)
      }
      optimizer.learningRate = lr
      if (momentum !== undefined) optimizer.momentum = momentum
    }
  }

  dispose(): void {
    for (const { optimizer } of this.bound) optimizer.dispose()
  }
}

function outOfRange(
  schedule: Schedule,
  at: number,
  interval: 'step' | 'epoch',
  what: 'learning rate' | 'momentum',
  received: number,
): TrainingError {
  const { expected } = what === 'momentum' ? belowOne : notNegative
  return new TrainingError(
    'INVALID_OPTION',
    `Schedule ${schedule.name || '(without a name)'}: expected a ${what} that is ${expected} at ${interval} ${at}, ` +
      `received ${String(received)}. Mend what it computes there.`,
  )
}

function bindings(setup: OptimizerSetup): [string, OptimizerBinding][] {
  if (isOptimizer(setup)) return [['optimizer', { optimizer: setup }]]
  if ('optimizer' in setup && isOptimizer(setup.optimizer)) {
    return [['optimizer', setup as OptimizerBinding]]
  }
  const entries = Object.entries(setup as Readonly<Record<string, Optimizer | OptimizerBinding>>)
  return entries.map(([name, each]) => [name, isOptimizer(each) ? { optimizer: each } : each])
}

/** By shape: the module may have been made with another copy of this package. */
function isOptimizer(value: unknown): value is Optimizer {
  return typeof (value as Partial<Optimizer> | undefined)?.slotsOf === 'function'
}

function weightsOf(
  { models }: LitModule,
  optimizer: string,
  names: readonly string[] = Object.keys(models),
): TrainedWeight[] {
  return names.flatMap((name) => {
    const model = models[name]
    if (!model) {
      const hint = suggestName(name, Object.keys(models))
      throw new TrainingError(
        'UNKNOWN_NAME',
        `Optimizer "${optimizer}": unknown model "${name}". ${hint}`,
      )
    }
    return namedWeights(model).map((weight) => ({
      key: `${name}:${weight.name}`,
      model: name,
      weight,
    }))
  })
}
