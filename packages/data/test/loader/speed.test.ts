import { expect, it } from 'vitest'
import { ArrayDataset, byteTable, DataLoader } from '@ductus/data'

it('goes over 55,000 images in batches of 128 in far less time than a step takes', async () => {
  const dataset = new ArrayDataset({
    x: new Uint8Array(55_000 * 784).map((_, i) => i & 255),
    xShape: [28, 28, 1],
    y: new Uint8Array(55_000),
    lookup: byteTable(255, 0.1307, 0.3081),
  })
  const loader = new DataLoader(dataset, { batchSize: 128, shuffle: true, seed: 1 })
  const seconds: number[] = []
  for (let epoch = 0; epoch < 3; epoch++) {
    const start = performance.now()
    let images = 0
    for await (const batch of loader.batches(epoch)) images += batch.size
    seconds.push((performance.now() - start) / 1000)
    expect(images).toBe(55_000)
  }
  // Alone it takes about 0.15 s; the bound leaves room for a busy machine.
  expect(Math.min(...seconds)).toBeLessThan(1)
})
