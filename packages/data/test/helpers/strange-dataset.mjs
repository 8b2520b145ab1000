import { isMainThread } from 'node:worker_threads'

/** A dataset of a user's own that misbehaves or is slow, most of all in a worker, as told. */
export function strangeDataset({ what }) {
  return {
    length: 40,
    xShape: [1],
    yShape: [],
    fill(indices, x) {
      const thrower = what === 'throws in a worker' ? !isMainThread : isMainThread
      if (indices[0] >= 10 && (what === 'throws' || (what.startsWith('throws in') && thrower))) {
        throw new Error(`cannot read sample ${indices[0]}`)
      }
      if (what === 'dies' && !isMainThread && indices[0] >= 10) process.exit(3)
      if (what === 'slow' || what === 'throws in the main thread') sleep(isMainThread ? 10 : 50)
      for (let i = 0; i < indices.length; i++) {
        if (what !== 'sparse' || indices[i] % 3 === 0) x[i] = indices[i]
      }
    },
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
