import { EarlyStopping, type EarlyStoppingOptions, type TrainerContext } from '@ductus/training'
import { describe, expect, it } from 'vitest'

/** Feeds values one validation each; gives the 1-based check at which it stopped, and why. */
function stopAt(options: EarlyStoppingOptions, values: number[]): [number, string] | undefined {
  const callback = new EarlyStopping(options)
  let reason: string | undefined
  const context = {
    fitting: true,
    metrics: {},
    fresh: {} as Record<string, number>,
    stop: (why: string) => (reason ??= why),
  }
  for (let i = 0; i < values.length; i++) {
    context.fresh = { [callback.monitor]: values[i]! }
    callback.onValidationEnd(context as unknown as TrainerContext)
    if (reason !== undefined) return [i + 1, reason]
  }
  return undefined
}

describe('EarlyStopping', () => {
  it('counts checks without an improvement', () => {
    expect(stopAt({ patience: 2 }, [1, 0.9, 0.95, 0.8, 0.81, 0.82])?.[0]).toBe(6)
    expect(stopAt({ patience: 3 }, [1, 0.9, 0.95, 0.94, 0.8])).toBeUndefined()
  })

  it('wants more than minDelta', () => {
    expect(stopAt({ patience: 2, minDelta: 0.1 }, [1, 0.95, 0.91])?.[0]).toBe(3)
  })

  it('takes accuracies as better when greater', () => {
    expect(stopAt({ monitor: 'validation/acc', patience: 2 }, [0.5, 0.6, 0.7, 0.8])).toBeUndefined()
    expect(stopAt({ monitor: 'validation/acc', patience: 2 }, [0.5, 0.4, 0.3])?.[0]).toBe(3)
  })

  it('stops at thresholds and at what is not finite, and says so', () => {
    expect(stopAt({ stoppingThreshold: 0.1 }, [1, 0.05])?.[1]).toBe(
      'EarlyStopping: validation/loss reached 0.05, past the threshold of 0.1',
    )
    expect(stopAt({ divergenceThreshold: 10 }, [1, 11])?.[1]).toContain(
      'divergence threshold of 10',
    )
    expect(stopAt({}, [1, NaN])).toEqual([2, 'EarlyStopping: validation/loss is NaN'])
  })

  it('takes up its count', () => {
    const first = new EarlyStopping({ patience: 2 })
    first.restore({ best: 0.5, waited: 1 })
    expect(first.state()).toEqual({ best: 0.5, waited: 1 })
  })

  it('refuses a patience that is none', () => {
    expect(() => new EarlyStopping({ patience: -1 })).toThrow('expected patience')
  })
})
