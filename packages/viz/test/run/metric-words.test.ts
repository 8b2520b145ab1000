import { describe, expect, it } from 'vitest'
import { metricStage, metricWords } from '../../src/run/metric-words.js'

describe('metricWords', () => {
  it('says in words what was logged, and leaves alone what it does not know', () => {
    const words = {
      'train/loss': 'Training loss',
      'train/loss_step': 'Training loss of the step',
      'validation/acc': 'Validation accuracy',
      'test/cer': 'Test character error rate',
      lr: 'Learning rate',
      'grad/norm': 'Gradient norm',
      'train/f1': 'Training f1',
      my_step: 'my_step',
    }
    for (const [name, expected] of Object.entries(words)) expect(metricWords(name)).toBe(expected)
  })

  it('says the stage alone where an axis has the rest', () => {
    expect(['train/loss', 'validation/loss', 'lr'].map(metricStage)).toEqual([
      'Training',
      'Validation',
      'Learning rate',
    ])
  })
})
