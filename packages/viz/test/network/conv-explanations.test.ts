import { describe, expect, it } from 'vitest'
import {
  convFaces,
  convFrames,
  convOutput,
  convWindow,
  explainConv,
  explainConvMatrix,
  explainIm2col,
  receptiveField,
  receptiveFieldDiagram,
  toGif,
  toPng,
} from '../../src/index.js'
import sharp from 'sharp'

const size = (n: number, k: number, stride = 1, padding = 0) =>
  convOutput({ input: [n, n], kernel: [k, k], stride, padding })[0]

describe('convOutput', () => {
  it('does the course’s sums', () => {
    expect(size(28, 5, 2, 2)).toBe(14)
    expect(size(32, 5)).toBe(28)
    expect(size(28, 3)).toBe(26)
    expect(size(5, 4, 1, 2)).toBe(6)
    expect(size(4, 3)).toBe(2)
    expect(size(5, 3, 2, 1)).toBe(3)
    expect(size(512, 5, 2)).toBe(254)
  })

  it('refuses a kernel that is larger than the input', () => {
    expect(() => size(3, 5)).toThrow('expected a kernel that fits')
  })
})

describe('explanations of a convolution', () => {
  const image = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]
  const kernel = [
    [1, 0],
    [-1, 2],
  ]

  it('multiplies the window and sums it, unflipped, with zeros in the padding', () => {
    expect(convWindow(image, kernel, 0, 0)).toEqual({
      values: [
        [1, 2],
        [4, 5],
      ],
      products: [
        [1, 0],
        [-4, 10],
      ],
      sum: 7,
    })
    expect(convWindow(image, kernel, 0, 0, { padding: 1 }).sum).toBe(2)
  })

  it('writes the equation of the chosen output', () => {
    const { description } = explainConv({ image, kernel, row: 0, column: 0 })
    expect(description).toContain('1 − 4 + 2·5 = 7')
    expect(() => explainConv({ image, kernel, row: 9, column: 0 })).toThrow(
      'expected an output below (2, 2)',
    )
    expect(() => explainConv({ image: [[1, 2], [3]], kernel })).toThrow('rectangular')
  })

  it('gives the same numbers as im2col and as a matrix', () => {
    expect(explainIm2col({ image, kernel }).description).toContain('gives 4 outputs: 7, 9, 13, 15.')
    const { svg, description } = explainConvMatrix({ image, kernel })
    expect(description).toContain('4 × 9 matrix')
    for (const sum of ['7', '9', '13', '15']) expect(svg).toContain(`>${sum}</text>`)
  })

  it('writes the course’s four equations', () => {
    expect(convFaces().description).toContain('P = αA + βB + γD + δE + b')
    expect(convFaces().description).toContain('S = αE + βF + γH + δJ + b')
  })

  it('steps through every output, as a sheet, moving, and as GIF', async () => {
    const picture = convFrames({ input: [5, 5], kernel: [3, 3], stride: 2, padding: 1 })
    expect(picture.frames).toHaveLength(9)
    expect(
      convFrames({ input: [4, 4], kernel: [3, 3], sheet: false }).svg.match(/<animate /g),
    ).toHaveLength(4)
    const gif = await sharp(await toGif(picture), { animated: true }).metadata()
    expect(gif.pages).toBe(9)
    expect(() => convFrames({ input: [28, 28], kernel: [3, 3] })).toThrow('at most 100')
  })
})

describe('receptiveField', () => {
  const layers = [
    { name: 'conv1', kernel: 3, stride: 2, padding: 1 },
    { name: 'conv2', kernel: 3, stride: 2, padding: 1 },
  ]

  it('finds 3 × 3 in the first map and 7 × 7 in the input for two strided layers', () => {
    const { extents, sizes } = receptiveField({ input: [28, 28], layers, unit: [3, 3] })
    expect(sizes).toEqual([
      [28, 28],
      [14, 14],
      [7, 7],
    ])
    expect(extents).toEqual([
      { rows: [9, 15], columns: [9, 15] },
      { rows: [5, 7], columns: [5, 7] },
      { rows: [3, 3], columns: [3, 3] },
    ])
  })

  it('draws a unit in the corner with its padding', async () => {
    const picture = receptiveFieldDiagram({ input: [28, 28], layers, unit: [0, 0] })
    expect(picture.svg).toContain('dashed cells lie in the padding')
    expect((await sharp(await toPng(picture, { scale: 1 })).metadata()).width).toBe(picture.width)
    expect(() => receptiveFieldDiagram({ input: [28, 28], layers, unit: [9, 0] })).toThrow(
      'expected a unit below (7, 7)',
    )
  })
})
