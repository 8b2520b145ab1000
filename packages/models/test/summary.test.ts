import { CNN, summary } from '@ductus/models'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { mnist, useReference } from './support.js'

beforeAll(useReference)

describe('summary', () => {
  it('lists output shapes, parameters a tensor and in all, and the source', () => {
    const text = summary(CNN(mnist))
    expect(text).toMatch(/conv2 \(Conv2D\) +\[batch, 28, 28, 64\]/)
    expect(text).toMatch(/ {2}kernel +\[3, 3, 64, 64\] +36,864\n {2}bias +\[64\] +64\n/)
    expect(text).toContain('1,644,618 parameters\n')
    expect(text).toContain('source: Full Stack Deep Learning 2021, text recognizer, lab 2')
    expect(text).toContain('file:   packages/models/src/zoo/cnn.ts')
  })

  it('takes plain models, and counts statistics apart', () => {
    const input = tfl.input({ shape: [4], name: 'input' })
    const output = tfl.layers.batchNormalization({ name: 'bn' }).apply(input) as tfl.SymbolicTensor
    const text = summary(tfl.model({ inputs: input, outputs: output, name: 'plain' }))
    expect(text).toContain('moving_mean (statistic)')
    expect(text).toContain('8 parameters, and 8 numbers of statistics')
    expect(text).not.toContain('source')
  })

  it('marks what is frozen', () => {
    const model = CNN(mnist, { convDim: 2, fcDim: 4 })
    model.getLayer('conv2').trainable = false
    const text = summary(model)
    expect(text).toMatch(/kernel \(frozen\) +\[3, 3, 2, 2\]/)
    expect(text).toContain('1,680 parameters, 38 of them frozen')
  })
})
