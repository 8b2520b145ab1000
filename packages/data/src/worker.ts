import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from './errors/data-error.js'
import { fillBatch } from './loader/fill-batch.js'
import { remakeDataset } from './workers/dataset-makers.js'
import {
  buffersOf,
  type BatchAnswer,
  type BatchRequest,
  type WorkerStart,
} from './workers/messages.js'

// The body of a worker thread: makes its dataset from the recipe, then answers requests in their order.
const port = parentPort
if (port === null) throw new Error('@ductus/data/worker: expected to run in a worker thread.')

const dataset = remakeDataset((workerData as WorkerStart).recipe)
port.on('message', (request: BatchRequest) => void answer(request))

async function answer({ id, indices, seed, epoch, spare }: BatchRequest): Promise<void> {
  try {
    const batch = fillBatch(await dataset, indices, { seed, epoch }, spare)
    const done: BatchAnswer = { id, batch }
    port?.postMessage(done, buffersOf(batch))
  } catch (error) {
    const failed: BatchAnswer = { id, error: messageOf(error) }
    port?.postMessage(failed)
  }
}
