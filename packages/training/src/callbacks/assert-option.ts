import { TrainingError } from '../training-error.js'

/** What an option must be, in words and as a test. */
export interface OptionRule {
  expected: string
  holds: (value: number) => boolean
}

/** A whole number of at least `least`. */
export const whole = (least: number): OptionRule => ({
  expected: `a whole number of at least ${least}`,
  holds: (value) => Number.isInteger(value) && value >= least,
})

/** A number in a range, both ends in it. */
export const between = (low: number, high: number): OptionRule => ({
  expected: high === Infinity ? `a number of at least ${low}` : `a number from ${low} to ${high}`,
  holds: (value) => value >= low && value <= high,
})

/**
 * Checks an option of a callback when it is made, before anything runs.
 *
 * @throws TrainingError `INVALID_OPTION` that names callback, option, value and default
 */
export function assertOption(
  where: string,
  name: string,
  value: number,
  { expected, holds }: OptionRule,
  usual: number | string,
): void {
  if (holds(value)) return
  throw new TrainingError(
    'INVALID_OPTION',
    `${where}: expected ${name} to be ${expected}, received ${value}. The default is ${usual}.`,
  )
}
