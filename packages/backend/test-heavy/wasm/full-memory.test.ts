import { useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'

it('says that WebAssembly’s memory is full', async () => {
  await useBackend('wasm')
  const backend = tf.backend() as unknown as { makeOutput(shape: number[], dtype: string): unknown }
  // Reserved, never touched: its memory ends at 4 GiB.
  backend.makeOutput([3 * 256, 1024, 1024], 'float32')
  expect(() => tf.fill([300, 1024, 1024], 1)).toThrow(
    /wasm: expected room for 1200\.0 MB.*smaller batch/,
  )
})
