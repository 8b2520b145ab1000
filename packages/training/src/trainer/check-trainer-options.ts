import { isBatchLimit } from '../data/batch-limit.js'
import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'
import type { TrainerOptions } from './trainer-options.js'

interface Rule {
  expected: string
  example: string
  holds(value: unknown): boolean
}

const whole = (least: number, example: string): Rule => ({
  expected: `a whole number of at least ${least}`,
  example,
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= least,
})
const limit = (example: string): Rule => ({
  expected: 'a whole number, a fraction between 0 and 1, { batches } or { fraction }',
  example,
  holds: isBatchLimit,
})
const list: Rule = { expected: 'a list', example: '[]', holds: Array.isArray }
const flag: Rule = {
  expected: 'true or false',
  example: 'true',
  holds: (value) => typeof value === 'boolean',
}
const record: Rule = {
  expected: 'an object',
  example: '{}',
  holds: (value) => typeof value === 'object' && value !== null,
}

const rules: Record<keyof TrainerOptions, Rule> = {
  maxEpochs: whole(0, '5'),
  minEpochs: whole(0, '1'),
  maxSteps: whole(0, '1000'),
  maxTimeMs: whole(1, '60_000'),
  limitTrainBatches: limit('10 for ten batches, 0.1 for a tenth'),
  limitValBatches: limit('10 for ten batches, 0.1 for a tenth'),
  limitTestBatches: limit('10 for ten batches, 0.1 for a tenth'),
  overfitBatches: limit('2 for two batches, 0.01 for a hundredth'),
  overfitEvaluation: {
    expected: "'train' or 'own'",
    example: "'train'",
    holds: (value) => value === 'train' || value === 'own',
  },
  fastDevRun: {
    expected: 'true, false or a number of batches',
    example: 'true',
    holds: (value) => typeof value === 'boolean' || whole(0, '').holds(value),
  },
  numSanityValSteps: whole(-1, '2'),
  checkValEveryNEpochs: whole(1, '1'),
  valCheckInterval: {
    ...limit('100 for every hundred batches, 0.25 for four times an epoch'),
    holds: (value) => isBatchLimit(value) && JSON.stringify(value) !== '0',
  },
  accumulateGradBatches: whole(1, '4'),
  gradientClip: {
    expected: '{ norm } or { value }, a number above 0',
    example: '{ norm: 1 }',
    holds: (value) => {
      const [entry, more] = Object.entries(value ?? {}) as [string, unknown][]
      if (!entry || more || !['norm', 'value'].includes(entry[0])) return false
      return typeof entry[1] === 'number' && entry[1] > 0 && Number.isFinite(entry[1])
    },
  },
  logEveryNSteps: whole(1, '50'),
  callbacks: list,
  loggers: list,
  checkpointing: flag,
  learningCheck: flag,
  rootDir: {
    expected: 'a folder, or false',
    example: "'runs'",
    holds: (value) => value === false || (typeof value === 'string' && value.length > 0),
  },
  name: {
    expected: 'a name that can be a folder',
    example: "'default'",
    holds: (value) =>
      typeof value === 'string' && /^[^/\\\0]+$/.test(value) && !/^\.+$/.test(value),
  },
  seed: {
    expected: 'a whole number from 0 to 4294967295',
    example: '42',
    holds: (value) => Number.isInteger(value) && (value as number) >>> 0 === value,
  },
  hparams: record,
  detectLeaks: flag,
  profile: flag,
  reporter: {
    expected: 'an object with info(), warn() and progress()',
    example: 'silentReporter',
    holds: (value) => {
      const { info, warn, progress } = (value ?? {}) as Record<string, unknown>
      return [info, warn, progress].every((each) => typeof each === 'function')
    },
  },
}

/** The options' names. */
export const trainerOptionNames = Object.keys(rules) as readonly (keyof TrainerOptions)[]

/**
 * Checks a Trainer's options, before anything runs.
 *
 * @throws TrainingError `UNKNOWN_NAME` or `INVALID_OPTION`, naming the option, the value and the fix
 */
export function checkTrainerOptions(options: TrainerOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = (rules as Record<string, Rule | undefined>)[name]
    if (!rule) {
      const hint = suggestName(name, trainerOptionNames)
      throw new TrainingError('UNKNOWN_NAME', `Trainer: unknown option "${name}". ${hint}`)
    }
    if (value === undefined || rule.holds(value)) continue
    throw new TrainingError(
      'INVALID_OPTION',
      `Trainer: expected ${name} to be ${rule.expected}, received ${shown(value)}. ` +
        `Give for example ${name}: ${rule.example}.`,
    )
  }
  const { maxEpochs, minEpochs = 0 } = options
  if (maxEpochs !== undefined && minEpochs > maxEpochs) {
    throw new TrainingError(
      'INVALID_OPTION',
      `Trainer: expected minEpochs of at most maxEpochs (${maxEpochs}), received ${minEpochs}. Lower minEpochs.`,
    )
  }
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
}
