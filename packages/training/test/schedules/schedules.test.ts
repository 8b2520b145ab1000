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
        fresh: { 'validation/loss': value },
        metrics: {},
        optimizers: { optimizer },
        reporter: { info: () => {} },
      }
      callback.onValidationEnd(context as unknown as TrainerContext)
      expect(optimizer.learningRate).toBeCloseTo(rates[i]!, 12)
    })
  })
})
