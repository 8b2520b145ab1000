import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'
import { Adagrad } from './adagrad.js'
import { Adam, AdamW } from './adam.js'
import type { Optimizer } from './optimizer.js'
import { RMSprop } from './rmsprop.js'
import { SGD } from './sgd.js'

const makers = {
  Adam: (options: object) => new Adam(options),
  AdamW: (options: object) => new AdamW(options),
  SGD: (options: object) => new SGD(options),
  RMSprop: (options: object) => new RMSprop(options),
  Adagrad: (options: object) => new Adagrad(options),
} satisfies Record<string, (options: object) => Optimizer>

/** The names by which optimizers are known. */
export type OptimizerName = keyof typeof makers

/** All optimizers' names. */
export const optimizerNames = Object.keys(makers) as readonly OptimizerName[]

/**
 * Makes an optimizer by name. Capitals do not matter.
 *
 * @throws TrainingError `UNKNOWN_NAME` with the nearest name, `INVALID_OPTION` for a value out of range
 */
export function createOptimizer(
  name: OptimizerName,
  options: Readonly<Record<string, unknown>> = {},
): Optimizer {
  const known = optimizerNames.find((each) => each.toLowerCase() === String(name).toLowerCase())
  if (known) return makers[known](options)
  const hint = suggestName(String(name), optimizerNames)
  throw new TrainingError('UNKNOWN_NAME', `Unknown optimizer "${name}". ${hint}`)
}
