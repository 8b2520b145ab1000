// Leaves loaders in the middle of an epoch and ends their workers: prints `done` if the process lives that long.
import { ArrayDataset, DataLoader } from '@ductus/data'

const x = new Float32Array(4000 * 784)
const dataset = new ArrayDataset({ x, xShape: [28, 28, 1], y: new Int32Array(4000) })
for (let i = 0; i < 12; i++) {
  const loader = new DataLoader(dataset, { batchSize: 500, numWorkers: 2, prefetch: 3 })
  for await (const batch of loader.batches(0)) if (batch.size > 0) break
  await loader.close()
}
process.stdout.write('done\n')
