import { readFileSync } from 'node:fs'
import {
  constantLr,
  cosineLr,
  exponentialLr,
  linearWarmup,
  multiStepLr,
  oneCycle,
  ReduceOnPlateau,
  stepLr,
  type Schedule,
  type TrainerContext,
} from '@ductus/training'
import { describe, expect, it } from 'vitest'

type Row = number | [lr: number, momentum: number]

const read = (name: string): Record<string, never> =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as never

const stored = read('schedules') as unknown as Record<string, Row[]>

const schedules: Record<string, Schedule> = {
  step: stepLr({ lr: 0.1, stepSize: 4, gamma: 0.5 }),
  multiStep: multiStepLr({ lr: 0.1, milestones: [3, 5, 11] }),
  exponential: exponentialLr({ lr: 0.1, gamma: 0.9 }),
  cosine: cosineLr({ lr: 0.1, steps: 20, minLr: 0.01 }),
  cosineRestarts: cosineLr({ lr: 0.1, steps: 5, restartFactor: 2, minLr: 0.001 }),
  linear: linearWarmup({ steps: 8, startFactor: 0.1 }, constantLr(0.1)),
  oneCycle: oneCycle({ maxLr: 0.5, totalSteps: 100 }),
  oneCycleLinear: oneCycle({
    maxLr: 0.2,
    totalSteps: 37,
    pctStart: 0.25,
    anneal: 'linear',
    divFactor: 10,
    finalDivFactor: 100,
    baseMomentum: 0.8,
    maxMomentum: 0.9,
  }),
  oneCycleThree: oneCycle({ maxLr: 0.5, totalSteps: 50, threePhase: true }),
}

describe('schedules', () => {
  it.each(Object.keys(schedules))('%s follows PyTorch', (name) => {
    stored[name]!.forEach((row, at) => {
      const [lr, momentum] = typeof row === 'number' ? [row] : row
      const scheduled = schedules[name]!(at)
      const ours = typeof scheduled === 'number' ? { lr: scheduled } : scheduled
      expect(ours.lr).toBeCloseTo(lr, 12)
      if (momentum !== undefined) expect(ours.momentum).toBeCloseTo(momentum, 12)
    })
  })

  it('oneCycle refuses a step past its total', () => {
    expect(() => oneCycle({ maxLr: 1, totalSteps: 10 })(10)).toThrow(
      'oneCycle: expected at most 10 steps, received step 11. Raise totalSteps',
    )
    expect(() => oneCycle({ maxLr: 1, totalSteps: 0 })).toThrow('expected totalSteps')
  })

  // PyTorch divides by zero in these; beside them what it gives for neighbours without such a phase.
  it.each<[number, number, boolean, [lr: number, momentum: number][]]>([
    [10, 0.1, false, [[0.01, 0.85]]],
    [2, 0.5, false, [[0.01, 0.85], [4e-8, 0.95]]], // prettier-ignore
    [1, 1, false, [[0.01, 0.85]]],
    [1, 0.3, false, [[4e-8, 0.95]]],
    [20, 0.1, false, [[4e-4, 0.95], [0.01, 0.85], [0.00992403906890598, 0.8507596123493896]]], // prettier-ignore
    [4, 0.25, true, [[0.01, 0.85], [4e-4 - (4e-4 - 4e-8) / 4, 0.95]]], // prettier-ignore
    [10, 0.2, true, [[4e-4, 0.95], [0.01, 0.85], [4e-4, 0.95], [0.0003801957542031258, 0.95]]], // prettier-ignore
  ])(
    'oneCycle of %d steps that rises for %d of them, in three phases: %s',
    (totalSteps, pctStart, threePhase, rows) => {
      const schedule = oneCycle({ maxLr: 0.01, totalSteps, pctStart, threePhase })
      rows.forEach(([lr, momentum], at) => {
        const scheduled = schedule(at) as { lr: number; momentum: number }
        expect(scheduled.lr).toBeCloseTo(lr, 12)
        expect(scheduled.momentum).toBeCloseTo(momentum, 12)
      })
    },
  )

  it('oneCycle is finite and within its ends for every share and length', () => {
    for (let totalSteps = 1; totalSteps <= 12; totalSteps++) {
      for (let tenths = 0; tenths <= 20; tenths++) {
        for (const threePhase of [false, true]) {
          const options = { maxLr: 1, totalSteps, pctStart: tenths / 20, threePhase }
          const schedule = oneCycle(options)
          for (let at = 0; at < totalSteps; at++) {
            const { lr, momentum } = schedule(at) as { lr: number; momentum: number }
            const holds =
              lr >= 1 / 25 / 1e4 - 1e-12 &&
              lr <= 1 &&
              momentum >= 0.85 - 1e-12 &&
              momentum <= 0.95 + 1e-12
            if (!holds) throw new Error(`${JSON.stringify(options)} at ${at}: ${lr}, ${momentum}`)
          }
        }
      }
    }
  })

  it.each<[() => Schedule, string]>([
    [
      () => stepLr({ lr: 0.1, stepSize: 0 }),
      'stepLr: expected stepSize to be a whole number of at least 1, received 0. It has no default.',
    ],
    [() => stepLr({ lr: 0.1, stepSize: 2.5 }), 'stepLr: expected stepSize'],
    [
      () => stepLr({ lr: -1, stepSize: 2 }),
      'stepLr: expected lr to be a number of at least 0, received -1.',
    ],
    [
      () => stepLr({ lr: 0.1, stepSize: 2, gamma: NaN }),
      'stepLr: expected gamma to be a number of at least 0, received NaN. The default is 0.1.',
    ],
    [
      () => stepLr({ lr: 0.1 } as never),
      'stepLr: expected stepSize to be a whole number of at least 1, received none.',
    ],
    [
      () => stepLr({ lr: 0.1, stepsize: 2 } as never),
      'Unknown option "stepsize" of stepLr. Did you mean stepSize?',
    ],
    [() => constantLr(NaN), 'constantLr: expected lr to be a number of at least 0, received NaN.'],
    [() => constantLr(Infinity), 'constantLr: expected lr'],
    [
      () => multiStepLr({ lr: 0.1, milestones: [1, -2] }),
      'multiStepLr: expected milestones to be a list of whole numbers of at least 0, received [1,-2].',
    ],
    [() => multiStepLr({ lr: 0.1, milestones: [1.5] }), 'multiStepLr: expected milestones'],
    [() => multiStepLr({ lr: 0.1, milestones: [1], gamma: -0.1 }), 'multiStepLr: expected gamma'],
    [() => exponentialLr({ lr: 0.1, gamma: -1 }), 'exponentialLr: expected gamma'],
    [() => exponentialLr({ lr: 0.1, gamma: Infinity }), 'exponentialLr: expected gamma'],
    [
      () => cosineLr({ lr: 0.1, steps: 0 }),
      'cosineLr: expected steps to be a whole number of at least 1, received 0.',
    ],
    [() => cosineLr({ lr: 0.1, steps: -3 }), 'cosineLr: expected steps'],
    [() => cosineLr({ lr: NaN, steps: 3 }), 'cosineLr: expected lr'],
    [() => cosineLr({ lr: 0.1, steps: 3, minLr: -1 }), 'cosineLr: expected minLr'],
    [
      () => cosineLr({ lr: 0.1, steps: 3, restartFactor: 0.5 }),
      'cosineLr: expected restartFactor to be a number of at least 1, received 0.5. It has no default.',
    ],
    [
      () => cosineLr({ lr: 0.1, steps: 3, restartFactor: Infinity }),
      'cosineLr: expected restartFactor',
    ],
    [
      () => linearWarmup({ steps: -1 }, constantLr(1)),
      'linearWarmup: expected steps to be a whole number of at least 0, received -1.',
    ],
    [() => linearWarmup({ steps: NaN }, constantLr(1)), 'linearWarmup: expected steps'],
    [
      () => linearWarmup({ steps: 3, startFactor: 2 }, constantLr(1)),
      'linearWarmup: expected startFactor to be a number from 0 to 1, received 2.',
    ],
    [
      () => oneCycle({ maxLr: 0, totalSteps: 9 }),
      'oneCycle: expected maxLr to be a number above 0, received 0.',
    ],
    [() => oneCycle({ maxLr: Infinity, totalSteps: 9 }), 'oneCycle: expected maxLr'],
    [() => oneCycle({ maxLr: 1, totalSteps: 9.5 }), 'oneCycle: expected totalSteps'],
    [() => oneCycle({ maxLr: 1, totalSteps: 9, pctStart: 1.1 }), 'oneCycle: expected pctStart'],
    [
      () => oneCycle({ maxLr: 1, totalSteps: 9, divFactor: 0 }),
      'oneCycle: expected divFactor to be a number above 0, received 0. The default is 25.',
    ],
    [() => oneCycle({ maxLr: 1, totalSteps: 9, divFactor: NaN }), 'oneCycle: expected divFactor'],
    [
      () => oneCycle({ maxLr: 1, totalSteps: 9, finalDivFactor: 0 }),
      'oneCycle: expected finalDivFactor',
    ],
    [
      () => oneCycle({ maxLr: 1, totalSteps: 9, baseMomentum: -0.1 }),
      'oneCycle: expected baseMomentum',
    ],
    [() => oneCycle({ maxLr: 1, totalSteps: 9, maxMomentum: 1 }), 'oneCycle: expected maxMomentum'],
    [
      () => oneCycle({ maxLr: 1, totalSteps: 9, anneal: 'cosine' as 'cos' }),
      "oneCycle: expected anneal to be 'cos' or 'linear', received \"cosine\".",
    ],
    [
      () => oneCycle({ maxLr: 1, totalSteps: 9, threePhase: 1 as never }),
      'oneCycle: expected threePhase to be true or false, received 1.',
    ],
  ])('an option out of range is refused when the schedule is made: %#', (make, message) => {
    expect(make).toThrow(message)
  })

  it('a warm-up hands over to what follows', () => {
    const schedule = linearWarmup({ steps: 10 }, cosineLr({ lr: 1, steps: 10 }))
    expect(
      [0, 5, 10, 15, 20, 99].map((at) => (schedule(at) as { lr: number }).lr ?? schedule(at)),
    ).toEqual([0, 0.5, 1, expect.closeTo(0.5, 12), 0, 0])
  })
})

describe('ReduceOnPlateau', () => {
  it('follows PyTorch', () => {
    const { values, rates } = read('plateau') as unknown as Record<'values' | 'rates', number[]>
    const callback = new ReduceOnPlateau({ factor: 0.5, patience: 2, cooldown: 1 })
    const optimizer = { learningRate: 0.1 }
    values.forEach((value, i) => {
      const context = {
        fitting: true,
        validates: true,
        validations: 1,
        fresh: { 'validation/loss': value },
        metrics: {},
        logged: {},
        modes: {},
        optimizers: { optimizer },
        reporter: { info: () => {} },
      }
      callback.onValidationEnd(context as unknown as TrainerContext)
      expect(optimizer.learningRate).toBeCloseTo(rates[i]!, 12)
    })
  })
})
