import { describe, expect, it } from 'vitest'
import { isBetter, modeByName } from '../../src/metrics/metric-mode.js'

describe('modeByName', () => {
  it.each([
    'validation/acc validation/accuracy train/precision train/recall validation/f1 validation/macro_f1 validation/auc',
    'validation/iou validation/mean-iou validation/mIoU validation/bleu validation/dice validation/top5_acc validation/topOneAcc',
    'validation/extra/acc validation/acc_always_padding',
  ])('takes more as better: %s', (names) => {
    for (const name of names.split(' ')) expect([name, modeByName(name)]).toEqual([name, 'max'])
  })

  it.each([
    'validation/loss validation/accel_loss validation/error train/cer validation/wer validation/mse validation/mae',
    'validation/perplexity validation/calibration_error validation/extra/loss train/ctcLoss',
  ])('takes less as better: %s', (names) => {
    for (const name of names.split(' ')) expect([name, modeByName(name)]).toEqual([name, 'min'])
  })

  it('says nothing where the words say nothing, or both', () => {
    const names = 'validation/score lr grad/norm/fc1/kernel accel lossless acc_loss accuracy_error'
    for (const name of names.split(' ')) expect([name, modeByName(name)]).toEqual([name, undefined])
  })
})

it('NaN is never better, and worse than all', () => {
  expect(isBetter(NaN, 1, 'min')).toBe(false)
  expect(isBetter(1, NaN, 'max')).toBe(true)
})
