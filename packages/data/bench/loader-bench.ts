// How long the loader takes for an epoch of MNIST's size: 55,000 images in batches of 128, shuffled and normalised.
//
// usage: npm run bench:loader
import { ArrayDataset, byteTable, DataLoader } from '@ductus/data'

const dataset = new ArrayDataset({
  x: new Uint8Array(55_000 * 784).map((_, i) => i & 255),
  xShape: [28, 28, 1],
  y: new Uint8Array(55_000),
  lookup: byteTable(255, 0.1307, 0.3081),
})
const loader = new DataLoader(dataset, { batchSize: 128, shuffle: true, seed: 1 })
const seconds: number[] = []
for (let epoch = 0; epoch < 9; epoch++) {
  const start = performance.now()
  for await (const batch of loader.batches(epoch)) void batch
  seconds.push((performance.now() - start) / 1000)
}
const median = seconds.sort((a, b) => a - b)[seconds.length >> 1]!
console.log(`${median.toFixed(3)} s an epoch of 55,000 images (median of ${seconds.length})`)
