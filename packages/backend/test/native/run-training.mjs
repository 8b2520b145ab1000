/**
 * A process or worker thread that trains: `node run-training.mjs <steps> <how it ends>`. Prints the digest. Ends by
 * itself, by process.exit() or by an exception, right after the engine's threads have worked.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

const [steps = '2', ending = 'return'] = isMainThread ? process.argv.slice(2) : workerData

if (ending === 'workers' && isMainThread) {
  const digests = [0, 1, 2].map(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: [steps, 'return'] })
        worker.once('message', resolve).once('error', reject)
      }),
  )
  const own = await train()
  console.log([own, ...(await Promise.all(digests))].join('\n'))
} else if (ending === 'terminate' && isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: ['1000000', 'steps'] })
  await new Promise((resolve) => worker.once('message', resolve))
  await worker.terminate()
  console.log(await train())
} else {
  const digest = await train()
  if (isMainThread) console.log(digest)
  else parentPort.postMessage(digest)
  if (ending === 'exit') process.exit(0)
  if (ending === 'throw') throw new Error('on purpose')
}

async function train() {
  register()
  const { trainDigest } = await import('./train-digest.ts')
  const onStep = ending === 'steps' ? (step) => step === 3 && parentPort.postMessage('') : undefined
  return trainDigest({ steps: Number(steps), onStep })
}
