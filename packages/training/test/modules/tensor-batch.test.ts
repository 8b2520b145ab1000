import { add, conv2d, matMul, maxPool, ones, relu, reshape, sum, tidy } from '@tensorflow/tfjs-core'
import type { Rank, Tensor4D } from '@tensorflow/tfjs-core'
import { listBackends, useBackend, type BackendName } from '@ductus/backend'
import { expect, it } from 'vitest'
import { tensorBatch } from '../../src/modules/tensor-batch.js'

/** A batch as workers hand it over: somewhere in memory that threads share. */
function batch(memory: ArrayBufferLike) {
  const x = new Float32Array(memory, 256, 8 * 12 * 12)
  for (let i = 0; i < x.length; i++) x[i] = Math.sin(i)
  return {
    x,
    xShape: [8, 12, 12, 1],
    y: Int32Array.from({ length: 8 }, (_, i) => i),
    yShape: [8],
    size: 8,
  }
}

const wanted: readonly BackendName[] = ['native', 'wasm', 'cpu']
const here = (await listBackends()).filter(
  ({ name, available }) => available && wanted.includes(name),
)

it.each(here.map(({ name }) => name))(
  'makes tensors of memory that threads share as of any other, and leaves it as it is: %s',
  async (name) => {
    await useBackend(name)
    const bytes = 256 + 4 * 8 * 12 * 12
    const [own, shared] = [batch(new ArrayBuffer(bytes)), batch(new SharedArrayBuffer(bytes))]
    const results = [own, shared].map((each) =>
      tidy(() => {
        const x = tensorBatch(each, 0).x as Tensor4D
        const features = relu(conv2d(x, ones<Rank.R4>([3, 3, 1, 2]), 1, 'same'))
        const product = sum(matMul(reshape(x, [8, 144]), ones([144, 3])))
        return add(sum(maxPool(features, 2, 2, 'same')), product).dataSync()
      }),
    )
    expect(results[1]).toEqual(results[0])
    expect(shared.x).toEqual(own.x)
  },
)
