import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import { CNN, MLP } from '@ductus/models'
import { ActivationStats, Classifier, Trainer, type TrainerOptions } from '@ductus/training'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyConfig, toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'
import { weightsOf } from '../support/weights-of.js'

beforeAll(async () => {
  await useBackend('cpu')
})

const table = (runDir: string): string => readFileSync(join(runDir, 'activation-stats.csv'), 'utf8')

async function fit(model: tfl.LayersModel, stats: ActivationStats, options: TrainerOptions = {}) {
  const trainer = new Trainer({
    maxEpochs: 2,
    rootDir: temporaryFolder(),
    callbacks: [stats],
    ...options,
  })
  return trainer.fit(new Classifier(model), toyData())
}

describe('ActivationStats', () => {
  it('writes a row a layer before steps 0, n, 2n, …, and changes no bit of the run', async () => {
    const [watched, alone] = [toyModel(), toyModel()]
    const stats = new ActivationStats({ everyNSteps: 5 })
    const { runDir } = await fit(watched, stats, { detectLeaks: true })
    await fit(alone, new ActivationStats({ everyNSteps: 1000 }), { callbacks: [] })
    expect(weightsOf(watched)).toEqual(weightsOf(alone))
    const [header, ...rows] = table(runDir!).trim().split('\n')
    expect(header).toBe('step,layer,mean,std,deadShare,saturatedShare')
    const places = rows.map((row) => row.split(',').slice(0, 2).join())
    expect(places).toEqual(
      [0, 5, 10].flatMap((at) => ['fc1', 'fc2', 'fc3'].map((l) => `${at},${l}`)),
    )
    expect(stats.recorded).toHaveLength(9)
  })

  it('measures what the layers give', async () => {
    const model = toyModel(5, 0)
    const stats = new ActivationStats({ layers: ['fc1'] })
    const seen: { x: Float32Array; shape: number[] }[] = []
    const before = weightsOf(model)
    await fit(model, stats, {
      maxSteps: 1,
      callbacks: [
        stats,
        {
          onTrainBatchStart: ({ batch }) =>
            void seen.push({ x: Float32Array.from(batch!.x), shape: batch!.xShape }),
        },
      ],
    })
    const [kernel, bias] = ['fc1/weight', 'fc1/bias'].map((name) => {
      const bits = before[name] ?? before[name.replace('weight', 'kernel')]!
      return Array.from(new Float32Array(Uint32Array.from(bits).buffer))
    })
    const { x, shape } = seen[0]!
    const [samples, units] = [shape[0]!, 16]
    const outputs = Array.from({ length: samples * units }, (_, at) => {
      const [row, unit] = [Math.floor(at / units), at % units]
      let sum = bias![unit]!
      for (let i = 0; i < 12; i++) sum += x[row * 12 + i]! * kernel![i * units + unit]!
      return Math.max(0, sum)
    })
    const mean = outputs.reduce((a, b) => a + b) / outputs.length
    const variance = outputs.reduce((a, b) => a + (b - mean) ** 2, 0) / outputs.length
    const dead = Array.from({ length: units }, (_, unit) =>
      outputs.every((value, at) => at % units !== unit || value === 0),
    ).filter(Boolean).length
    const [found] = stats.recorded
    expect(found!.mean).toBeCloseTo(mean, 5)
    expect(found!.std).toBeCloseTo(Math.sqrt(variance), 5)
    expect(found!.deadShare).toBeCloseTo(dead / units, 6)
    expect(found!.saturatedShare).toBeUndefined()
  })

  it('sees dead and saturated units', async () => {
    const input = tfl.input({ shape: [4, 3, 1] })
    const flat = tfl.layers.flatten({ name: 'flat' }).apply(input)
    const dead = tfl.layers
      .dense({
        name: 'dead',
        units: 4,
        activation: 'relu',
        biasInitializer: tfl.initializers.constant({ value: -100 }),
      })
      .apply(flat)
    const stuck = tfl.layers
      .dense({
        name: 'stuck',
        units: 4,
        activation: 'tanh',
        biasInitializer: tfl.initializers.constant({ value: 50 }),
      })
      .apply(dead)
    const out = tfl.layers.dense({ name: 'out', units: 3 }).apply(stuck) as tfl.SymbolicTensor
    const model = tfl.model({ inputs: input, outputs: out })
    const stats = new ActivationStats()
    await fit(model, stats, { maxSteps: 1 })
    expect(stats.recorded.map(({ layer }) => layer)).toEqual(['dead', 'stuck', 'out'])
    expect(stats.recorded[0]).toMatchObject({ mean: 0, std: 0, deadShare: 1 })
    expect(stats.recorded[1]).toMatchObject({ deadShare: 0, saturatedShare: 1 })
  })

  it('takes channels of a convolution as units, and leaves batch norm as it was', async () => {
    const config = { ...toyConfig, inputDims: [4, 3, 1] as [number, number, number] }
    const make = () => CNN(config, { convDim: 4, fcDim: 8, batchNorm: true }, { seed: 3 })
    const [watched, alone] = [make(), make()]
    const stats = new ActivationStats({ everyNSteps: 1 })
    await fit(watched, stats, { maxSteps: 3 })
    await fit(alone, stats, { maxSteps: 3, callbacks: [] })
    expect(weightsOf(watched)).toEqual(weightsOf(alone))
    const conv = stats.recorded.filter(({ layer }) => layer.includes('conv'))
    for (const { deadShare } of conv) expect((deadShare * 4) % 1).toBeCloseTo(0, 5)
    expect(conv.length).toBeGreaterThan(0)
  })

  it('measures once a step under accumulation, and goes on where the run does', async () => {
    const rootDir = temporaryFolder()
    const options = { maxEpochs: 2, accumulateGradBatches: 4, logEveryNSteps: 1 }
    const make = () => new ActivationStats({ everyNSteps: 1 })
    const whole = await fit(toyModel(), make(), options)
    const first: Trainer = new Trainer({
      ...options,
      rootDir,
      callbacks: [
        make(),
        { onTrainBatchEnd: ({ batchIndex }) => (batchIndex === 2 ? first.interrupt() : undefined) },
      ],
    })
    await first.fit(new Classifier(toyModel()), toyData())
    const second = new Trainer({ ...options, rootDir, callbacks: [make()] })
    const resumed = await second.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    expect(table(resumed.runDir!)).toBe(table(whole.runDir!))
    expect(table(whole.runDir!).trim().split('\n')).toHaveLength(1 + 4 * 3)
  })

  it('names a layer that is not there', async () => {
    const stats = new ActivationStats({ layers: ['fc9'] })
    await expect(fit(MLP(toyConfig, {}, { seed: 1 }), stats)).rejects.toThrow(
      /ActivationStats: unknown layer "fc9"\. Did you mean fc1\?/,
    )
    expect(() => new ActivationStats({ everyNSteps: 0 })).toThrow(/everyNSteps .* received 0/)
  })
})
