import { readFileSync } from 'node:fs'
import { listBackends, useBackend, type NamedWeight } from '@ductus/backend'
import { createOptimizer, optimizerNames, SGD, type OptimizerName } from '@ductus/training'
import { memory, tensor, variable } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

interface Fixture {
  shape: [number, number]
  start: number[]
  gradients: number[][]
  cases: { name: OptimizerName; options: Record<string, unknown>; after: number[][] }[]
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
) as Fixture

/** PyTorch's names to ours. */
function ours(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
}

const native = (await listBackends()).some(({ name, available }) => name === 'native' && available)
if (!native) process.stderr.write('Skipping native: it is not available here.\n')
const backends = native ? (['cpu', 'wasm', 'native'] as const) : (['cpu', 'wasm'] as const)

describe.each(backends)('optimizers on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend)
  })

  it.each(
    fixture.cases.map((each) => [`${each.name} ${JSON.stringify(each.options)}`, each] as const),
  )('follows PyTorch: %s', (_, { name, options, after }) => {
    const before = memory().numTensors
    const parameter = variable(tensor(fixture.start, fixture.shape))
    const weight: NamedWeight = {
      name: 'fc/kernel',
      variable: parameter,
      trainable: true,
      layer: 'fc',
    }
    const optimizer = createOptimizer(name, ours(options))
    const trained = [{ key: 'model:fc/kernel', model: 'model', weight }]
    fixture.gradients.forEach((values, step) => {
      const gradient = tensor(values, fixture.shape)
      optimizer.step(trained, [gradient])
      gradient.dispose()
      const now = parameter.dataSync()
      after[step]!.forEach((expected, i) => {
        expect(Math.abs(now[i]! - expected)).toBeLessThan(1e-6)
      })
    })
    expect(optimizer.t).toBe(fixture.gradients.length)
    optimizer.dispose()
    parameter.dispose()
    expect(memory().numTensors).toBe(before + 1)
  })
})

describe('createOptimizer', () => {
  it('suggests the nearest name', () => {
    expect(() => createOptimizer('Adm' as OptimizerName)).toThrow(
      'Unknown optimizer "Adm". Did you mean Adam? Known: Adam, AdamW, SGD, RMSprop, Adagrad.',
    )
  })

  it('takes names in any case', () => {
    for (const name of optimizerNames) {
      expect(createOptimizer(name.toLowerCase() as OptimizerName).name).toBe(name)
    }
  })

  it('names an option that does not exist and one that is out of range', () => {
    expect(() => createOptimizer('SGD', { momentun: 0.9 })).toThrow('Did you mean momentum?')
    expect(() => createOptimizer('Adam', { lr: -1 })).toThrow(
      'Adam: expected lr to be a number of at least 0, received -1. The default is 0.001.',
    )
    expect(() => new SGD({ nesterov: true })).toThrow('expected momentum above 0')
  })

  it.each<[OptimizerName, Record<string, unknown>]>([
    ['Adam', { lr: NaN }],
    ['Adam', { lr: Infinity }],
    ['AdamW', { weightDecay: -1 }],
    ['Adam', { eps: NaN }],
    ['Adam', { betas: [0.9, 1] }],
    ['Adam', { betas: [0.9] }],
    ['Adam', { amsgrad: 1 }],
    ['SGD', { momentum: NaN }],
    ['SGD', { momentum: 1 }],
    ['SGD', { dampening: -0.1 }],
    ['RMSprop', { alpha: 1 }],
    ['RMSprop', { centered: 'yes' }],
    ['Adagrad', { lrDecay: -1 }],
    ['Adagrad', { initialAccumulatorValue: Infinity }],
  ])('refuses %s with %o', (name, options) => {
    const [[option, value]] = Object.entries(options) as [[string, unknown]]
    const received = typeof value === 'number' ? String(value) : JSON.stringify(value)
    const pattern = `${name}: expected ${option} to be `
    expect(() => createOptimizer(name, options)).toThrow(pattern)
    expect(() => createOptimizer(name, options)).toThrow(`received ${received}. The default is `)
  })
})
