import type { DeclaredMetrics } from '../metrics/metric-mode.js'
import type { Callback } from './callback.js'
import type { TrainerContext } from './trainer-context.js'

/** Logs each optimizer's learning rate as `lr` (or `lr/<optimizer>`), and `momentum` where it has one. */
export class LearningRateMonitor implements Callback {
  readonly name = 'LearningRateMonitor'

  onAfterOptimizerStep(context: TrainerContext): void {
    const entries = Object.entries(context.optimizers)
    for (const [name, { learningRate, momentum }] of entries) {
      const suffix = entries.length > 1 ? `/${name}` : ''
      context.log(`lr${suffix}`, learningRate)
      if (momentum !== undefined) context.log(`momentum${suffix}`, momentum)
    }
  }

  declaredMetrics({ optimizers }: TrainerContext): DeclaredMetrics {
    const entries = Object.entries(optimizers)
    const names = entries.flatMap(([name, { momentum }]) => {
      const suffix = entries.length > 1 ? `/${name}` : ''
      return [`lr${suffix}`, ...(momentum === undefined ? [] : [`momentum${suffix}`])]
    })
    return Object.fromEntries(names.map((name) => [name, undefined]))
  }
}
