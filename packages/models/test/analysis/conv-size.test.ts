import { convInputSize, convOutputSize, samePadding } from '@ductus/models/analysis'
import { describe, expect, it } from 'vitest'

describe('convOutputSize', () => {
  it.each([
    [28, { kernel: 5, padding: 2, stride: 2 }, 14],
    [14, { kernel: 5, padding: 2, stride: 2 }, 7],
    [32, { kernel: 5 }, 28],
    [28, { kernel: 3 }, 26],
    [5, { kernel: 4, padding: 2 }, 6],
    [4, { kernel: 3 }, 2],
    [5, { kernel: 3, stride: 2, padding: 1 }, 3],
    [512, { kernel: 5, stride: 2 }, 254],
    [28, { kernel: 3, dilation: 2, padding: 2 }, 28],
    [7, { kernel: 3, dilation: 3 }, 1],
  ])('%i px by %j gives %i', (input, axis, output) => {
    expect(convOutputSize(input, axis)).toBe(output)
  })

  it('says how large an input must be', () => {
    expect(() => convOutputSize(4, { kernel: 3, dilation: 2 })).toThrow(
      'convOutputSize: expected at least 5 pixels with the padding, received 4 + 2·0.',
    )
  })
})

describe('convInputSize', () => {
  it.each([
    [32, { kernel: 5 }, 36],
    [14, { kernel: 5, padding: 2, stride: 2 }, 27],
    [1, { kernel: 3, dilation: 3 }, 7],
  ])('%i px out of %j needs %i', (output, axis, input) => {
    expect(convInputSize(output, axis)).toBe(input)
    expect(convOutputSize(input, axis)).toBe(output)
  })
})

describe('samePadding', () => {
  it.each([
    [1, 0],
    [3, 1],
    [5, 2],
    [7, 3],
  ])('kernel %i needs %i on either side', (kernel, padding) => {
    expect(samePadding(kernel)).toBe(padding)
    expect(convOutputSize(28, { kernel, padding })).toBe(28)
  })

  it('counts dilation', () => {
    expect(samePadding(3, 2)).toBe(2)
    expect(samePadding(2, 2)).toBe(1)
  })

  it('refuses an even kernel', () => {
    expect(() => samePadding(4)).toThrow('samePadding: expected an odd kernel, received 4')
  })
})
