import { availableParallelism } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { BatchMaker } from './workers/batch-maker.js'
import { remakeDataset } from './workers/dataset-makers.js'
import type { WorkerStart, WorkerTask } from './workers/messages.js'

// The body of a worker thread: makes its dataset from the recipe, then the batches of readings that begin.
const port = parentPort
if (port === null) throw new Error('@ductus/data/worker: expected to run in a worker thread.')

const start = workerData as WorkerStart
const dataset = remakeDataset(start.recipe)
// A failure is told when a reading begins; until then it is nobody's unhandled rejection.
dataset.catch(() => undefined)
const maker = new BatchMaker(start, availableParallelism(), dataset, port)
port.on('message', (task: WorkerTask) => void maker.take(task))
