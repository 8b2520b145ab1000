import { ArrayDataset, DataLoader } from '@ductus/data'

// Reads batches from workers in a process of its own and leaves without closing anything.
const dataset = new ArrayDataset({
  x: new Uint8Array(100),
  xShape: [1],
  y: new Uint8Array(100),
})
const loader = new DataLoader(dataset, { batchSize: 10, numWorkers: 2 })
const how = process.argv[2]
let read = 0
for await (const batch of loader.batches(0)) {
  read += batch.size > 0 ? 1 : 0
  if (how === 'breaks') break
  if (how === 'throws') throw new Error('the step failed')
  if (how === 'interrupts') process.kill(process.pid, 'SIGINT')
}
process.stdout.write(`read ${read}\n`)
