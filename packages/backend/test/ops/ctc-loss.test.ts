import { readFileSync } from 'node:fs'
import { ctcLoss, useBackend, variableGrads } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectAllClose } from '../support/all-close.js'
import { backendsHere } from '../support/backends.js'
import { computeOn, expectAsOnCpu, type Plain } from '../support/compare-backends.js'
import { expectGradients } from '../support/finite-differences.js'
import { Random, testSeed } from '../support/random.js'
import { filled, weighted } from '../support/values.js'

/** A case of tools/make-fixtures.py: PyTorch's losses, and some numbers of the gradient of Σ n · loss n. */
interface Fixture {
  key: number
  range: number
  shape: [number, number, number]
  blank: number
  inputLengths: number[]
  labels: number[][]
  losses: number[]
  every: number
  gradient: number[]
}

const { ctc: fixtures } = JSON.parse(
  readFileSync(new URL('../fixtures/ctc.json', import.meta.url), 'utf8'),
) as { ctc: Fixture[] }

const here = await backendsHere()

/** Rows of labels, filled up to the longest. */
function padded(rows: number[][], padding = -1): tf.Tensor {
  const width = Math.max(...rows.map((row) => row.length))
  const filledUp = rows.flatMap((row) => [
    ...row,
    ...Array<number>(width - row.length).fill(padding),
  ])
  return tf.tensor2d(filledUp, [rows.length, width], 'int32')
}

/** −log of the summed probability of every path over all classes that spells the labels. */
function byEnumeration(logits: tf.Tensor, labels: number[]): number {
  const [steps, classes] = logits.shape as [number, number]
  const p = tf.softmax(logits).arraySync() as number[][]
  let total = 0
  for (let path = 0; path < classes ** steps; path++) {
    const symbols = p.map((_, t) => Math.floor(path / classes ** t) % classes)
    const spelled = symbols.filter((symbol, t) => symbol !== 0 && symbol !== symbols[t - 1])
    if (spelled.join() !== labels.join()) continue
    total += symbols.reduce((product, symbol, t) => product * p[t]![symbol]!, 1)
  }
  return -Math.log(total)
}

describe.each(here)('ctcLoss on %s', (backend) => {
  beforeAll(async () => void (await useBackend(backend)))
  beforeEach(() => tf.engine().startScope())
  afterEach(() => tf.engine().endScope())

  it.each(fixtures.map((fixture) => [fixture.shape.join('×'), fixture] as const))(
    'has the losses and gradients of PyTorch: %s',
    (_shape, { key, range, shape, blank, inputLengths, labels, losses, every, gradient }) => {
      const logits = filled(key, shape, -range, range)
      const targets = padded(labels)
      const ofLogits = (x: tf.Tensor) => ctcLoss(x, targets, { inputLengths, blank })
      expectAllClose(ofLogits(logits).dataSync(), losses, { rtol: 1e-6, atol: 1e-5 })
      const weights = tf.range(1, shape[0] + 1)
      const all = tf
        .grad((x) => tf.sum(tf.mul(ofLogits(x), weights)))(logits)
        .dataSync()
      const some = all.filter((_, i) => i % every === 0)
      expectAllClose(some, gradient, { rtol: 1e-5, atol: 1e-5 })
    },
  )

  it('sums over every path that spells the labels', () => {
    const logits = filled(1, [1, 5, 3], -2, 2)
    for (const labels of [[], [1], [1, 1], [2, 1, 2], [1, 1, 2], [2, 2, 2]]) {
      const [loss] = ctcLoss(logits, padded([labels])).dataSync()
      const expected = byEnumeration(tf.reshape(logits, [5, 3]), labels)
      expect(loss, `of ${labels.join()}`).toBeCloseTo(expected, 5)
    }
  })

  it('has the gradients that finite differences give', () => {
    const targets = padded([[1, 1], [3, 2, 1], []])
    for (const options of [{}, { inputLengths: [5, 3, 4] }]) {
      expectGradients((x) => weighted(ctcLoss(x, targets, options)), [filled(2, [3, 5, 4])])
    }
  })

  it('takes lengths as arrays and tensors, and counts labels up to the padding', () => {
    const logits = filled(3, [2, 6, 5], -2, 2)
    const losses = [...ctcLoss(logits, padded([[1, 3], [4]])).dataSync()]
    const filledUp = tf.tensor2d([1, 3, 3, 4, 3, 3], [2, 3], 'int32')
    for (const labelLengths of [[2, 1], Int32Array.of(2, 1), tf.tensor1d([2, 1])]) {
      expect([...ctcLoss(logits, filledUp, { labelLengths }).dataSync()]).toEqual(losses)
    }
    const inside = tf.tensor2d([1, 3, 3, 4, 4, 3], [2, 3], 'int32')
    const three = [...ctcLoss(logits, inside, { paddingLabel: 3 }).dataSync()]
    expect(three).toEqual([...ctcLoss(logits, padded([[1], [4, 4]])).dataSync()])
  })

  it('gives Infinity and no gradient where steps are too few, or 0 when told to', () => {
    const logits = filled(4, [3, 2, 4])
    const targets = padded([
      [1, 2, 3],
      [1, 1],
      [1, 2],
    ])
    const losses = ctcLoss(logits, targets).dataSync()
    expect([...losses.subarray(0, 2)]).toEqual([Infinity, Infinity])
    expect(losses[2]).toBeGreaterThan(0)
    const zeros = ctcLoss(logits, targets, { zeroInfinity: true }).dataSync()
    expect([...zeros]).toEqual([0, 0, losses[2]])
    const gradient = tf
      .grad((x) => tf.sum(ctcLoss(x, targets)))(logits)
      .dataSync()
    expect(gradient.subarray(0, 16).every((value) => value === 0)).toBe(true)
    expect(gradient.subarray(16).every((value) => value !== 0)).toBe(true)
  })

  it('says nothing of steps beyond a sequence, and takes a sequence of none', () => {
    const logits = tf.concat([filled(5, [2, 3, 4]), tf.fill([2, 2, 4], NaN)], 1)
    const targets = padded([[1], []])
    const inputLengths = [3, 0]
    const losses = ctcLoss(logits, targets, { inputLengths }).dataSync()
    expect(losses[0]).toBeGreaterThan(0)
    expect(losses[1]).toBe(0)
    const gradient = tf.grad((x) => tf.sum(ctcLoss(x, targets, { inputLengths })))(logits)
    const beyond = [...gradient.dataSync()].filter((_, i) => i >= 12)
    expect(beyond).toEqual(Array<number>(28).fill(0))
  })

  it('passes NaN on to its own sequence alone, and takes great logits', () => {
    const values = Float32Array.from(filled(6, [2, 3, 3]).dataSync())
    values[4] = NaN
    const logits = tf.tensor(values, [2, 3, 3])
    const targets = padded([[1], [2]])
    const losses = ctcLoss(logits, targets).dataSync()
    expect(losses[0]).toBeNaN()
    expect(losses[1]).toBeGreaterThan(0)
    const gradient = tf
      .grad((x) => tf.sum(ctcLoss(x, targets)))(logits)
      .dataSync()
    for (const t of [0, 3, 6]) expect(gradient.subarray(t, t + 3).some(Number.isNaN)).toBe(true)
    expect(gradient.subarray(9).some(Number.isNaN)).toBe(false)
    const great = tf.tensor3d([1000, -1000, 1000, -1000], [1, 2, 2])
    expectAllClose(ctcLoss(great, padded([[1]])).dataSync(), [2000 - Math.log(2)])
    const impossible = tf.tensor3d([0, -Infinity, 0, -Infinity], [1, 2, 2])
    expect([...ctcLoss(impossible, padded([[1]])).dataSync()]).toEqual([Infinity])
  })

  it('works under variableGrads and leaves nothing behind', () => {
    const variable = tf.variable(filled(7, [2, 6, 4]))
    const targets = padded([
      [1, 2],
      [3, 3],
    ])
    const before = tf.memory().numTensors
    const { value, grads } = variableGrads(() => tf.mean(ctcLoss(variable, targets)), [variable])
    const [gradient] = Object.values(grads)
    const expected = tf.tidy(() =>
      tf
        .grad((x) => tf.mean(ctcLoss(x, targets)))(variable)
        .dataSync(),
    )
    expect(gradient!.dataSync()).toEqual(expected)
    tf.dispose([value, gradient!])
    expect(tf.memory().numTensors).toBe(before)
    variable.dispose()
  })

  it('takes batches of none, and lines of none', () => {
    expect(ctcLoss(tf.zeros([0, 5, 3]), tf.zeros([0, 2], 'int32')).shape).toEqual([0])
    const blanks = ctcLoss(tf.zeros([2, 4, 3]), tf.zeros([2, 0], 'int32')).dataSync()
    expectAllClose(blanks, [4 * Math.log(3), 4 * Math.log(3)])
  })

  it('names what does not fit', () => {
    const logits = tf.zeros([2, 5, 4])
    const good = padded([[1], [2]])
    expect(() => ctcLoss(tf.zeros([5, 4]), good)).toThrow('received [5, 4] and [2, 1]')
    expect(() => ctcLoss(logits, padded([[1]]))).toThrow('received [2, 5, 4] and [1, 1]')
    expect(() => ctcLoss(logits, good, { blank: 4 })).toThrow('blank from 0 to 3, received 4')
    expect(() => ctcLoss(logits, good, { labelLengths: [1] })).toThrow('labelLengths [2]')
    expect(() => ctcLoss(logits, good, { labelLengths: [1, 2] })).toThrow(
      'labelLengths from 0 to 1, received 2 at [1]',
    )
    expect(() => ctcLoss(logits, good, { inputLengths: [-1, 5] })).toThrow(
      'inputLengths from 0 to 5, received -1 at [0]',
    )
    expect(() => ctcLoss(logits, padded([[1], [4]]))).toThrow('received 4 at [1, 0]')
    expect(() => ctcLoss(logits, padded([[1, 0], [2]]))).toThrow('The blank is no label')
  })

  it(`agrees with cpu on random batches (seed ${testSeed})`, async () => {
    const random = new Random(testSeed)
    for (let round = 0; round < 15; round++) {
      const [batch, steps, classes] = [
        random.integer(1, 4),
        random.integer(1, 20),
        random.integer(2, 20),
      ]
      const maxLength = random.integer(1, 8)
      const inputs: Plain[] = [
        { values: random.floats(batch * steps * classes, -4, 4), shape: [batch, steps, classes] },
        {
          values: random.integers(batch * maxLength, 1, classes - 1),
          shape: [batch, maxLength],
          dtype: 'int32',
        },
        { values: random.integers(batch, 0, steps), shape: [batch], dtype: 'int32' },
        { values: random.integers(batch, 0, maxLength), shape: [batch], dtype: 'int32' },
      ]
      const compute = ([x, y, inputLengths, labelLengths]: tf.Tensor[]): tf.Tensor[] => {
        const losses = (t: tf.Tensor) =>
          ctcLoss(t, y!, {
            inputLengths: inputLengths!,
            labelLengths: labelLengths!,
            zeroInfinity: true,
          })
        return [losses(x!), tf.grad((t) => weighted(losses(t)))(x!)]
      }
      await expectAsOnCpu(backend, inputs, compute, { rtol: 1e-5, atol: 1e-5 })
    }
    await useBackend(backend)
  })
})

describe.skipIf(!here.includes('native'))('ctcLoss on native', () => {
  it('gives the same bits at any number of threads', async () => {
    const random = new Random(3)
    const inputs: Plain[] = [
      { values: random.floats(7 * 40 * 20, -6, 6), shape: [7, 40, 20] },
      { values: random.integers(7 * 12, 1, 19), shape: [7, 12], dtype: 'int32' },
    ]
    const run = async (threads: number) => {
      await useBackend('native', { threads })
      return computeOn(tf.getBackend(), inputs, ([x, y]) => [
        ctcLoss(x!, y!),
        tf.grad((t) => weighted(ctcLoss(t, y!)))(x!),
      ])
    }
    const first = await run(1)
    for (const threads of [2, 3, 4]) expect(await run(threads)).toEqual(first)
  })
})
