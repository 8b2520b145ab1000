import { TrainingError } from '../training-error.js'
import { suggestName } from '../nearest-name.js'

/** A range that an option must lie in, with how to say it. */
export interface HyperRange {
  expected: string
  holds: (this: void, value: unknown) => boolean
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

export const notNegative: HyperRange = {
  expected: 'a number of at least 0',
  holds: (value) => isNumber(value) && value >= 0,
}

export const belowOne: HyperRange = {
  expected: 'a number from 0 up to but not including 1',
  holds: (value) => isNumber(value) && value >= 0 && value < 1,
}

export const twoBelowOne: HyperRange = {
  expected: 'two numbers from 0 up to but not including 1',
  holds: (value) => Array.isArray(value) && value.length === 2 && value.every(belowOne.holds),
}

export const yesOrNo: HyperRange = {
  expected: 'true or false',
  holds: (value) => typeof value === 'boolean',
}

/**
 * Fills in an optimizer's defaults and checks every option.
 *
 * @throws TrainingError `UNKNOWN_NAME` for an option it does not have, `INVALID_OPTION` for a value out of range
 */
export function checkHyper<Hyper extends object>(
  optimizer: string,
  defaults: Hyper,
  ranges: Readonly<Record<keyof Hyper, HyperRange>>,
  given: Partial<Hyper>,
): Hyper {
  const hyper = { ...defaults }
  for (const [name, value] of Object.entries(given) as [keyof Hyper & string, never][]) {
    const range = ranges[name] as HyperRange | undefined
    if (!range) {
      const known = suggestName(name, Object.keys(ranges))
      throw new TrainingError('UNKNOWN_NAME', `Unknown option "${name}" of ${optimizer}. ${known}`)
    }
    if (value === undefined) continue
    if (!range.holds(value)) {
      throw new TrainingError(
        'INVALID_OPTION',
        `${optimizer}: expected ${name} to be ${range.expected}, received ${JSON.stringify(value)}. ` +
          `The default is ${JSON.stringify(defaults[name])}.`,
      )
    }
    hyper[name] = value
  }
  return hyper
}
