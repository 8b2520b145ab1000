import { applyKernels, circulant, convolutionMatrix, localMatrix } from '@ductus/models/analysis'
import { describe, expect, it } from 'vitest'

const multiply = (matrix: number[][], vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * vector[i]!, 0))

describe('convolutionMatrix', () => {
  it('is 6×8 for a kernel of 3 over a length of 8', () => {
    const matrix = convolutionMatrix([1, 2, 3], 8)
    expect(matrix).toHaveLength(6)
    expect(matrix[0]).toEqual([1, 2, 3, 0, 0, 0, 0, 0])
    expect(matrix[5]).toEqual([0, 0, 0, 0, 0, 1, 2, 3])
  })

  it('is 8×8 when it goes around', () => {
    const matrix = convolutionMatrix([1, 2, 3], 8, { padding: 'circular' })
    expect(matrix).toHaveLength(8)
    expect(matrix[0]).toEqual([2, 3, 0, 0, 0, 0, 0, 1])
    expect(matrix[7]).toEqual([3, 0, 0, 0, 0, 0, 1, 2])
    expect(matrix.slice(1, 7)).toEqual(convolutionMatrix([1, 2, 3], 8))
  })

  it('keeps the size with zeros', () => {
    const matrix = convolutionMatrix([1, 2, 3], 8, { padding: 'same' })
    expect(matrix).toHaveLength(8)
    expect(matrix[0]).toEqual([2, 3, 0, 0, 0, 0, 0, 0])
    expect(matrix[7]).toEqual([0, 0, 0, 0, 0, 0, 1, 2])
  })

  it('does to a flattened image what the convolution does to the image', () => {
    const kernel = [
      [1, -2],
      [3, 5],
    ]
    const image = Float32Array.from({ length: 20 }, (_, i) => Math.sin(i))
    const matrix = convolutionMatrix(kernel, [4, 5])
    const { data, shape } = applyKernels({ data: image, shape: [1, 4, 5] }, [kernel])
    expect([matrix.length, matrix[0]!.length]).toEqual([12, 20])
    expect(shape).toEqual([1, 3, 4, 1])
    const product = multiply(matrix, Array.from(image))
    for (const [i, value] of product.entries()) expect(value).toBeCloseTo(data[i]!, 5)
  })

  it.each(['same', 'circular'] as const)('keeps the size of an image: %s', (padding) => {
    const matrix = convolutionMatrix(
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      [4, 4],
      { padding },
    )
    expect([matrix.length, matrix[0]!.length]).toEqual([16, 16])
    expect(matrix[5]).toEqual([1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0])
    const corner = padding === 'same' ? [5, 6, 0, 0, 8, 9] : [5, 6, 0, 4, 8, 9]
    expect(matrix[0]!.slice(0, 6)).toEqual(corner)
  })

  it('refuses a kernel that is longer than the input', () => {
    expect(() => convolutionMatrix([1, 2, 3], 2)).toThrow('received 3 and 2')
  })
})

describe('circulant', () => {
  it('turns its first column by one place a column', () => {
    expect(circulant([1, 2, 3])).toEqual([
      [1, 3, 2],
      [2, 1, 3],
      [3, 2, 1],
    ])
  })

  it('is the circular convolution with the same weights', () => {
    expect(circulant([2, 1, 0, 0, 3])).toEqual(
      convolutionMatrix([1, 2, 3], 5, { padding: 'circular' }),
    )
  })
})

describe('localMatrix', () => {
  it('has weights of its own in every row', () => {
    expect(localMatrix([1, 2, 3, 4, 5, 6], 2, 4)).toEqual([
      [1, 2, 0, 0],
      [0, 3, 4, 0],
      [0, 0, 5, 6],
    ])
    expect(() => localMatrix([1], 2, 4)).toThrow('localMatrix: expected 3·2 values, received 1.')
  })
})
