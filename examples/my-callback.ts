// A callback of your own: any object with some of the hooks. This one ends the run when validation is good enough.
import type { Callback } from '@ductus/training'

const goal = Number(process.env.GOAL ?? 0.95)

export const stopAtGoal: Callback = {
  name: 'stopAtGoal',
  onValidationEnd(context) {
    const accuracy = context.metrics['validation/acc'] ?? 0
    if (context.sanityChecking || accuracy < goal) return
    context.reporter.info(`Goal reached: validation/acc ${accuracy.toFixed(3)} >= ${goal}`)
    context.stop(`validation/acc reached ${goal}`)
  },
}
