import { suggestName } from './nearest-name.js'
import { TrainingError } from './training-error.js'

/** What an option must be, in words and as a test. */
export interface OptionRange {
  expected: string
  holds: (this: void, value: unknown) => boolean
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

export const notNegative: OptionRange = {
  expected: 'a number of at least 0',
  holds: (value) => isNumber(value) && value >= 0,
}

export const aboveZero: OptionRange = {
  expected: 'a number above 0',
  holds: (value) => isNumber(value) && value > 0,
}

export const belowOne: OptionRange = {
  expected: 'a number from 0 up to but not including 1',
  holds: (value) => isNumber(value) && value >= 0 && value < 1,
}

export const share: OptionRange = {
  expected: 'a number from 0 to 1',
  holds: (value) => isNumber(value) && value >= 0 && value <= 1,
}

export const twoBelowOne: OptionRange = {
  expected: 'two numbers from 0 up to but not including 1',
  holds: (value) => Array.isArray(value) && value.length === 2 && value.every(belowOne.holds),
}

export const yesOrNo: OptionRange = {
  expected: 'true or false',
  holds: (value) => typeof value === 'boolean',
}

/** A whole number of at least `least`. */
export const wholeFrom = (least: number): OptionRange => ({
  expected: `a whole number of at least ${least}`,
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= least,
})

/** A number of at least `least`. */
export const numberFrom = (least: number): OptionRange => ({
  expected: `a number of at least ${least}`,
  holds: (value) => isNumber(value) && value >= least,
})

/** One of some texts. */
export const oneOf = (...texts: string[]): OptionRange => ({
  expected: texts.map((text) => `'${text}'`).join(' or '),
  holds: (value) => texts.includes(value as string),
})

/** An option that may be left out, without a default. */
export const optional = ({ expected, holds }: OptionRange): OptionRange => ({
  expected,
  holds: (value) => value === undefined || holds(value),
})

/**
 * Fills in the defaults of an optimizer, a schedule or their like, and checks every option.
 *
 * @param where what errors call it
 * @param defaults without those that must be given
 * @throws TrainingError `UNKNOWN_NAME` for an option it does not have, `INVALID_OPTION` for a value out of range
 */
export function checkOptions<Options extends object, Defaults extends Partial<Options>>(
  where: string,
  defaults: Defaults,
  ranges: Readonly<Record<keyof Options, OptionRange>>,
  given: Options,
): Options & { [Name in keyof Defaults]-?: NonNullable<Options[Name & keyof Options]> } {
  const names = Object.keys(ranges) as (keyof Options & string)[]
  for (const name of Object.keys(given)) {
    if ((names as string[]).includes(name)) continue
    const known = suggestName(name, names)
    throw new TrainingError('UNKNOWN_NAME', `Unknown option "${name}" of ${where}. ${known}`)
  }
  const options: Record<string, unknown> = {}
  for (const name of names) {
    const usual = (defaults as Partial<Options>)[name]
    const value = given[name] === undefined ? usual : given[name]
    const { expected, holds } = ranges[name]
    if (!holds(value)) {
      throw new TrainingError(
        'INVALID_OPTION',
        `${where}: expected ${name} to be ${expected}, received ${shown(value)}. ` +
          (usual === undefined ? 'It has no default.' : `The default is ${shown(usual)}.`),
      )
    }
    if (value !== undefined) options[name] = value
  }
  return options as ReturnType<typeof checkOptions<Options, Defaults>>
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'none')
}
