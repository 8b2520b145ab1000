import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import { LineCNN, LineCNNSimple } from '@ductus/models'
import {
  LineRecognizer,
  PredictionWriter,
  readCheckpoint,
  Trainer,
  type LineRecognizerOptions,
} from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyCtcModel, toyLineConfig, toyLines, toyWindowModel } from '../support/toy-lines.js'

beforeAll(async () => {
  await useBackend('wasm')
})

/** Models that say the same for every line: logits of 5 for the classes given, step by step. */
function parrot(classes: readonly number[], maxLength = 6): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 16 * maxLength, 1] })
  const flat = tfl.layers.flatten().apply(input) as tfl.SymbolicTensor
  const bias = new Float32Array(classes.length * 8)
  classes.forEach((c, step) => (bias[step * 8 + c] = 5))
  const dense = tfl.layers.dense({ units: bias.length, kernelInitializer: 'zeros' })
  const scores = dense.apply(flat) as tfl.SymbolicTensor
  dense.setWeights([dense.getWeights()[0]!, tf.tensor1d(bias)])
  const outputs = tfl.layers.reshape({ targetShape: [classes.length, 8] }).apply(scores)
  return tfl.model({ inputs: input, outputs: outputs as tfl.SymbolicTensor })
}

const { mapping } = toyLineConfig()
/** Two lines, "ab" and "b  c": labels of 6 positions. */
const two = {
  testDataLoader: () => ({
    length: 1,
    async *batches() {
      yield {
        x: new Float32Array(2 * 8 * 96),
        xShape: [2, 8, 96, 1],
        y: Int32Array.of(5, 6, 3, 3, 3, 3, 6, 4, 4, 7, 3, 3),
        yShape: [2, 6],
        size: 2,
      }
    },
  }),
}

async function testOf(classes: readonly number[], options: LineRecognizerOptions) {
  const module = new LineRecognizer(parrot(classes), { mapping, ...options })
  const reporter = new RecordingReporter()
  const result = await new Trainer({ rootDir: false, reporter }).test(module, two)
  return { ...result, reporter }
}

describe('LineRecognizer', () => {
  it('learns lines of any pitch by CTC until it reads them all', async () => {
    const data = toyLines({ lines: 8, pitches: [16, 14, 12] })
    const module = new LineRecognizer(toyCtcModel(), { loss: 'ctc', lr: 5e-3 })
    const trainer = new Trainer({
      maxEpochs: 100,
      checkValEveryNEpochs: 100,
      overfitBatches: 1,
      rootDir: false,
    })
    const { metrics } = await trainer.fit(module, data)
    expect(metrics['validation/cer']).toBe(0)
    expect(metrics['validation/acc']).toBe(1)
    expect(metrics['validation/loss']).toBeLessThan(0.05)
  })

  it('learns lines of one pitch by cross-entropy, and reads lines it has not seen', async () => {
    const data = toyLines({ lines: 48 })
    const module = new LineRecognizer(toyWindowModel(), { lr: 1e-2 })
    const trainer = new Trainer({ maxEpochs: 12, checkValEveryNEpochs: 12, rootDir: false })
    await trainer.fit(module, data)
    const { metrics } = await trainer.test()
    expect(metrics['test/cer']).toBe(0)
    expect(metrics['test/acc']).toBe(1)
    const readings = module.readings(await trainer.predict(module, data))
    const [first] = readings
    expect(readings).toHaveLength(48)
    expect(first!.text).toMatch(/^[abc][abc ]*[abc]$/)
    expect(first!.characters.map(({ character }) => character).join('')).toBe(first!.text)
    for (const { confidence } of first!.characters) expect(confidence).toBeGreaterThan(0.5)
    const path = join(temporaryFolder(), 'predictions.jsonl')
    const writing = new Trainer({ rootDir: false, callbacks: [new PredictionWriter(path)] })
    await writing.predict(module, data)
    const [line] = readFileSync(path, 'utf8').split('\n')
    expect(JSON.parse(line!)).toEqual({ index: 0, ...first! })
  })

  it('counts edits over all characters, and positions that are no padding', async () => {
    // "a b" for "ab" (one edit) and for "b  c" (three): 4 edits of 6 characters.
    const { metrics, readings } = await testOf([5, 4, 6, 4, 4, 4], {})
    expect(metrics['test/cer']).toBeCloseTo(4 / 6, 6)
    // Right: "a" of "ab"; the first space of "b  c".
    expect(metrics['test/acc']).toBeCloseTo(2 / 6, 6)
    const [right, wrong] = [5, 0].map((logit) => Math.log(Math.exp(5) + 7) - logit)
    expect(metrics['test/loss']).toBeCloseTo((2 * right! + 4 * wrong!) / 6, 5)
    expect(metrics).not.toHaveProperty('test/acc_always_padding')
    expect(readings).toEqual([
      { reference: 'ab', read: 'a b' },
      { reference: 'b  c', read: 'a b' },
    ])
  })

  it('counts padding as the lab does, and says what always <P> gets', async () => {
    const { metrics, reporter } = await testOf([3, 3, 3, 3, 3, 3], { countPadding: true })
    expect(metrics['test/acc']).toBe(0.5)
    expect(metrics['test/acc_always_padding']).toBe(0.5)
    expect(metrics['test/cer']).toBe(1)
    const [right, wrong] = [5, 0].map((logit) => Math.log(Math.exp(5) + 7) - logit)
    expect(metrics['test/loss']).toBeCloseTo((right! + wrong!) / 2, 5)
    expect(reporter.infos).toContain(
      'Padding counts: a network that says <P> everywhere gets test/acc 50.0 %.',
    )
  })

  it('reads by CTC what its steps spell, and divides each loss by the characters', async () => {
    // "aab": one edit from "ab", whose letters it keeps; four from "b  c", of which the least edits keep none.
    const { metrics } = await testOf([5, 0, 5, 6, 6, 0, 0], { loss: 'ctc' })
    expect(metrics['test/cer']).toBeCloseTo((1 + 4) / 6, 6)
    expect(metrics['test/acc']).toBeCloseTo(2 / 6, 6)
    expect(metrics['test/loss']).toBeGreaterThan(0)
  })

  it('takes one step a character for cross-entropy, and says what mends another number', async () => {
    const fit = (steps: number) => testOf(Array<number>(steps).fill(5), {})
    await expect(fit(11)).rejects.toThrow(
      'LineRecognizer: expected logits [2, 6, 8], received [2, 11, 8]. Cross-entropy takes one step a character. ' +
        'Set the model\'s limitOutputLength (--limit-output-length) to leave steps beyond 6 out, or train with loss: "ctc".',
    )
    await expect(fit(3)).rejects.toThrow('Use a smaller windowStride for 6 steps')
  })

  it('names a line that CTC has no room for, or leaves it out', async () => {
    await expect(testOf([5, 6], { loss: 'ctc' })).rejects.toThrow(
      'expected at least 5 steps to read "b  c" by CTC, received 2. Use a smaller windowStride, or set zeroInfinity',
    )
    const { metrics } = await testOf([5, 6], { loss: 'ctc', zeroInfinity: true })
    const lost = -2 * Math.log(Math.exp(5) / (Math.exp(5) + 7))
    expect(metrics['test/loss']).toBeCloseTo(lost / 2 / 2, 5)
  })

  it('warns of cross-entropy where the pitch varies, and only there', async () => {
    const warnings = async (pitches: number[], options: LineRecognizerOptions) => {
      const reporter = new RecordingReporter()
      const define = options.loss === 'ctc' ? LineCNN : LineCNNSimple
      const model = define(toyLineConfig(6, pitches), {
        windowWidth: 16,
        windowStride: 16,
        convDim: 2,
        fcDim: 4,
        limitOutputLength: true,
      })
      const trainer = new Trainer({ fastDevRun: true, reporter })
      await trainer.fit(
        new LineRecognizer(model, { ...options, zeroInfinity: true }),
        toyLines({ pitches }),
      )
      return reporter.warnings
    }
    const [warning] = await warnings([16, 12], {})
    expect(warning).toContain('overlaps from 0 to 0.25')
    expect(warning).toContain('Use loss "ctc"')
    expect(await warnings([12], {})).toEqual([])
    expect(await warnings([16, 12], { loss: 'ctc' })).toEqual([])
  })

  it('leaves in a checkpoint what a prediction needs', async () => {
    const rootDir = temporaryFolder()
    const module = new LineRecognizer(toyCtcModel(), { loss: 'ctc', beamWidth: 4 })
    const trainer = new Trainer({ maxEpochs: 1, rootDir })
    const { lastCheckpoint } = await trainer.fit(module, toyLines())
    const { manifest } = await readCheckpoint(lastCheckpoint!)
    expect(manifest.module).toMatchObject({
      name: 'LineRecognizer',
      hparams: { loss: 'ctc', beamWidth: 4, optimizer: 'Adam', lr: 1e-3 },
    })
    expect(manifest.models['model']).toMatchObject({ name: 'LineCNN', config: { mapping } })
  })

  it('fails on what it cannot use before any data is read', () => {
    expect(() => new LineRecognizer(parrot([5]))).toThrow('expected a mapping')
    expect(() => new LineRecognizer(toyCtcModel(), { loss: 'mse' as 'ctc' })).toThrow(
      'Unknown loss "mse" for lines',
    )
    expect(() => new LineRecognizer(toyCtcModel(), { lr: NaN })).toThrow('expected lr')
    expect(() => new LineRecognizer(toyCtcModel(), { loss: 'ctc', countPadding: true })).toThrow(
      'Leave one of them out',
    )
    expect(() => new LineRecognizer(parrot([5]), { mapping: ['a', 'b'], loss: 'ctc' })).toThrow(
      '<B>',
    )
  })

  it('refuses models that read no lines, and labels that are none', async () => {
    const flat = tfl.sequential({
      layers: [tfl.layers.flatten({ inputShape: [8, 96, 1] }), tfl.layers.dense({ units: 8 })],
    })
    const trainer = new Trainer({ rootDir: false })
    await expect(trainer.test(new LineRecognizer(flat, { mapping }), two)).rejects.toThrow(
      'expected logits [2, 6, 8], received [2, 8]. Train a model that reads lines',
    )
  })
})
