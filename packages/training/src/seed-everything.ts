import { TrainingError } from './training-error.js'

const key: unique symbol = Symbol.for('ductus.seed') as never
const holder = globalThis as { [key]?: number }

/**
 * Sets the seed that a Trainer takes where it is given none. Models and data are given theirs when they are made: all
 * randomness of Ductus is a function of those seeds, so there is no hidden generator to reset.
 *
 * @param seed a whole number from 0 to 4,294,967,295. Defaults to the environment's `DUCTUS_SEED`, or 42.
 * @returns the seed, to hand to models and data
 * @throws TrainingError `INVALID_OPTION`
 */
export function seedEverything(seed?: number): number {
  const chosen = seed ?? Number(process.env.DUCTUS_SEED ?? 42)
  if (!Number.isInteger(chosen) || chosen >>> 0 !== chosen) {
    throw new TrainingError(
      'INVALID_OPTION',
      `seedEverything: expected a whole number from 0 to 4294967295, received ${seed ?? process.env.DUCTUS_SEED}. ` +
        'Give for example 42.',
    )
  }
  holder[key] = chosen
  return chosen
}

/** The seed that `seedEverything` set, undefined where it was not called. */
export function currentSeed(): number | undefined {
  return holder[key]
}
