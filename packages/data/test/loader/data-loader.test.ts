import { describe, expect, it, vi } from 'vitest'
import { ArrayDataset, DataLoader, type Batch, type Dataset } from '@ductus/data'

const dataset = new ArrayDataset({
  x: Float32Array.from({ length: 20 }, (_, i) => i / 2),
  xShape: [2],
  y: Int32Array.from({ length: 10 }, (_, i) => i),
})

async function all(batches: AsyncIterable<Batch>): Promise<number[][]> {
  const seen: number[][] = []
  for await (const batch of batches) seen.push(Array.from(batch.y))
  return seen
}

it('cuts the data into batches in file order', async () => {
  const loader = new DataLoader(dataset, { batchSize: 4 })
  expect(loader.length).toBe(3)
  expect(await all(loader.batches(0))).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ])
})

it('orders by the seed 42 unless it is given another', async () => {
  const order = async (seed?: number): Promise<number[]> => {
    const loader = new DataLoader(dataset, { shuffle: true, ...(seed !== undefined && { seed }) })
    return (await all(loader.batches(0))).flat()
  }
  expect(await order()).toEqual(await order(42))
  expect(await order()).not.toEqual(await order(0))
})

it('gives inputs and targets with their shapes', () => {
  const batch = new DataLoader(dataset, { batchSize: 4 }).batch(0, 2)
  expect(batch).toEqual({
    x: Float32Array.of(8, 8.5, 9, 9.5),
    xShape: [2, 2],
    y: Int32Array.of(8, 9),
    yShape: [2],
    size: 2,
  })
})

it('fills the arrays of a batch again when asked to, and otherwise never', async () => {
  const memories = async (reuse: boolean): Promise<number> => {
    const loader = new DataLoader(dataset, { batchSize: 2, shuffle: true, seed: 4 })
    const seen = new Set<ArrayBufferLike>()
    const targets: number[] = []
    for await (const batch of loader.batches(1, 0, { reuse })) {
      seen.add(batch.x.buffer)
      targets.push(...batch.y)
      expect(Array.from(batch.x.filter((_, i) => i % 2 === 0))).toEqual(Array.from(batch.y))
    }
    expect(targets).toEqual((await all(loader.batches(1))).flat())
    return seen.size
  }
  expect(await memories(true)).toBeLessThan(4)
  expect(await memories(false)).toBe(5)
})

it('leaves out a last batch that is not full when asked to', async () => {
  const loader = new DataLoader(dataset, { batchSize: 4, dropLast: true })
  expect(loader.length).toBe(2)
  expect(await all(loader.batches(0))).toHaveLength(2)
})

describe('the order', () => {
  const loader = new DataLoader(dataset, { batchSize: 3, shuffle: true, seed: 5 })

  it('visits each sample once, in another order each epoch', async () => {
    const [first, second] = [await all(loader.batches(0)), await all(loader.batches(1))]
    expect(first.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(second).not.toEqual(first)
  })

  it('is a function of seed and epoch alone', async () => {
    const expected = await all(loader.batches(3))
    await all(loader.batches(2))
    const again = new DataLoader(dataset, { batchSize: 3, shuffle: true, seed: 5, prefetch: 0 })
    expect(await all(again.batches(3))).toEqual(expected)
    const other = new DataLoader(dataset, { batchSize: 3, shuffle: true, seed: 6 })
    expect(await all(other.batches(3))).not.toEqual(expected)
  })

  it('can be joined at any batch', async () => {
    const whole = await all(loader.batches(4))
    expect(await all(loader.batches(4, 2))).toEqual(whole.slice(2))
    expect(await all(loader.batches(4, 4))).toEqual([])
  })

  it('takes nothing from another reader', async () => {
    const whole = await all(loader.batches(0))
    const [a, b] = [loader.batches(0), loader.batches(0)].map((batches) =>
      batches[Symbol.asyncIterator](),
    )
    const seen: number[][] = []
    for (let i = 0; i < loader.length; i++) {
      const step = await a?.next()
      if (step?.done === false) seen.push(Array.from(step.value.y))
      await b?.next()
    }
    expect(seen).toEqual(whole)
  })

  it('is file order after unshuffled()', async () => {
    const plain = loader.unshuffled()
    expect((await all(plain.batches(9))).flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(plain.batchSize).toBe(3)
  })

  it('spreads evenly: each sample comes first about as often', () => {
    const firsts = new Array<number>(10).fill(0)
    for (let epoch = 0; epoch < 5000; epoch++) {
      const first = loader.order(epoch)[0] ?? 0
      firsts[first] = (firsts[first] ?? 0) + 1
    }
    for (const count of firsts) expect(Math.abs(count - 500)).toBeLessThan(110)
  })
})

describe('prefetch', () => {
  /** Counts the batches that were made. */
  class Counting implements Dataset {
    readonly xShape = [1]
    readonly yShape = []
    readonly length = 8
    made = 0
    failAt = Infinity

    fill(): void {
      if (this.made >= this.failAt) throw new Error('no more')
      this.made += 1
    }
  }

  const waiting = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

  it('makes batches ahead while the consumer waits', async () => {
    const counting = new Counting()
    const loader = new DataLoader(counting, { batchSize: 1, prefetch: 3 })
    const batches = loader.batches(0)[Symbol.asyncIterator]()
    await batches.next()
    await vi.waitFor(() => expect(counting.made).toBe(4), { timeout: 30_000 })
    await batches.return?.()
    await waiting()
    expect(counting.made).toBe(4)
  })

  it('makes none ahead when it is 0', async () => {
    const counting = new Counting()
    const loader = new DataLoader(counting, { batchSize: 1, prefetch: 0 })
    const batches = loader.batches(0)[Symbol.asyncIterator]()
    await batches.next()
    await waiting()
    expect(counting.made).toBe(1)
  })

  it('gives the good batches before it throws a failure', async () => {
    const counting = new Counting()
    counting.failAt = 3
    const loader = new DataLoader(counting, { batchSize: 1, prefetch: 5 })
    let good = 0
    const read = async (): Promise<void> => {
      for await (const batch of loader.batches(0)) {
        good += batch.size
        await waiting()
      }
    }
    await expect(read()).rejects.toThrow('no more')
    expect(good).toBe(3)
  })
})

it.each([{ batchSize: 0 }, { batchSize: 1.5 }, { prefetch: -1 }])('refuses %j', (options) => {
  expect(() => new DataLoader(dataset, options)).toThrow(/DataLoader: expected .* whole number/)
})
