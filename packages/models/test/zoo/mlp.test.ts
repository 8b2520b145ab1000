import { namedWeights } from '@ductus/backend'
import { MLP, summarize } from '@ductus/models'
import { beforeAll, describe, expect, it } from 'vitest'
import { mnist, useReference } from '../support.js'

beforeAll(useReference)

describe('MLP', () => {
  it('has the 936,330 parameters of the lab on MNIST', () => {
    expect(summarize(MLP(mnist)).parameters).toBe(936_330)
  })

  it('leaves layers of width 0 out: one hidden layer of 50 has 39,760 parameters', () => {
    const model = MLP(mnist, { fc1: 50, fc2: 0, fcDropout: 0 })
    expect(summarize(model).parameters).toBe(39_760)
    expect(model.layers.map((layer) => layer.name)).toEqual(['input', 'flatten', 'fc1', 'fc3'])
  })

  it('is a linear classifier without hidden layers', () => {
    expect(summarize(MLP(mnist, { fc1: 0, fc2: 0 })).parameters).toBe(7_850)
  })

  it('names its weights the same way however many models came before', () => {
    MLP(mnist, { fc1: 8 })
    expect(namedWeights(MLP(mnist)).map(({ name }) => name)).toEqual([
      'fc1/kernel',
      'fc1/bias',
      'fc2/kernel',
      'fc2/bias',
      'fc3/kernel',
      'fc3/bias',
    ])
  })
})
