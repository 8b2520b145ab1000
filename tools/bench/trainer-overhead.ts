// What the Trainer adds to a loop written by hand: the same steps in turns, in one process.
//
// usage: npm run bench:trainer -- [rounds] [--out FILE.json]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  namedWeights,
  softmaxCrossEntropy,
  updateAdam,
  useBackend,
  variableGrads,
} from '@ductus/backend'
import { Classifier, ProgressBar, Trainer, type BatchLoader } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { median } from './statistics.mjs'
import { loaderOf, trainerCases } from './trainer-cases.js'

/** What one would write without a Trainer; milliseconds a step. */
async function byHand(model: tfl.LayersModel, loader: BatchLoader): Promise<number> {
  const weights = namedWeights(model).filter(({ trainable }) => trainable)
  const zeros = (): tf.Variable[] =>
    weights.map(({ variable }) => tf.variable(tf.zerosLike(variable), false))
  const [first, second] = [zeros(), zeros()]
  const variables = weights.map(({ variable }) => variable)
  let step = 0
  const start = performance.now()
  for await (const batch of loader.batches(0)) {
    step++
    const loss = tf.tidy(() => {
      const x = tf.tensor(batch.x, batch.xShape)
      const y = tf.tensor(batch.y, batch.yShape, 'int32')
      const options = { training: true, step, micro: 0 }
      const { value, grads } = variableGrads(
        () => tf.mean(softmaxCrossEntropy(model.apply(x, options) as tf.Tensor, y)),
        variables,
      )
      variables.forEach((parameter, i) => {
        const slots = { expAvg: first[i]!, expAvgSq: second[i]! }
        const gradient = grads[parameter.name]!
        updateAdam({ parameter, gradient, ...slots, step, learningRate: 1e-3 })
      })
      return value
    })
    await loss.data()
    loss.dispose()
  }
  const milliseconds = (performance.now() - start) / loader.length
  tf.dispose([first, second])
  return milliseconds
}

/** The same by the Trainer, with progress and log. */
async function byTrainer(
  model: tfl.LayersModel,
  loader: BatchLoader & { batchSize: number },
  rootDir: string,
): Promise<number> {
  const trainer = new Trainer({ rootDir, checkpointing: false, callbacks: [new ProgressBar()] })
  const { samplesPerSecond } = await trainer.fit(new Classifier(model), {
    trainDataLoader: () => loader,
  })
  return (1000 * loader.batchSize) / samplesPerSecond
}

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
})
const { description } = await useBackend('auto')
const rounds = Number(positionals[0] ?? 9)
const rootDir = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
console.log(`${description}; medians of ${rounds} rounds in turns\n`)
console.log(
  '| network | by hand, ms a step | Trainer, ms a step | overhead | overhead in processor time | goal |\n| --- | --- | --- | --- | --- | --- |',
)
/** Milliseconds of the clock a step, and of all the process's processors. */
async function measured(steps: number, run: () => Promise<number>): Promise<[number, number]> {
  const before = process.cpuUsage()
  const ms = await run()
  const { user, system } = process.cpuUsage(before)
  return [ms, (user + system) / 1000 / steps]
}

const share = (value: number): string => `${(100 * value).toFixed(1)} %`
const results: object[] = []
for (const { name, make, batch, steps, goal } of trainerCases) {
  const model = make()
  const loader = loaderOf(batch, steps)
  await byHand(model, loaderOf(batch, 10))
  await byTrainer(model, loaderOf(batch, 10), rootDir)
  const hand: [number, number][] = []
  const trainer: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    hand.push(await measured(steps, () => byHand(model, loader)))
    trainer.push(await measured(steps, () => byTrainer(model, loader, rootDir)))
  }
  const overhead = (which: 0 | 1): number =>
    median(trainer.map((each, round) => each[which] / hand[round]![which])) - 1
  const result = {
    name,
    handMs: median(hand.map(([ms]) => ms)),
    trainerMs: median(trainer.map(([ms]) => ms)),
    overhead: overhead(0),
    processorOverhead: overhead(1),
    goal,
  }
  results.push(result)
  const { handMs, trainerMs } = result
  const figures = [handMs.toFixed(3), trainerMs.toFixed(3), share(overhead(0)), share(overhead(1))]
  console.log(`| ${[name, ...figures, share(goal)].join(' | ')} |`)
}
rmSync(rootDir, { recursive: true })
if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(results))
