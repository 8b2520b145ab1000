import { describe, expect, it } from 'vitest'
import { imageGrid, toPng, VizError } from '../../src/index.js'
import { decodePng } from '../support/decode-png.js'
import { digit, digitLabel } from '../support/mnist.js'

const samples = (count: number) =>
  Array.from({ length: count }, (_u, i) => ({
    image: digit(i),
    label: digitLabel(i),
    prediction: i % 10 === 3 ? 'x' : digitLabel(i),
  }))

describe('imageGrid', () => {
  it('draws 10 × 10 real digits at twice their size', async () => {
    const png = await decodePng(await toPng(imageGrid(samples(100), { title: 'Digits' })))
    expect(png.width).toBeGreaterThan(1000)
    expect(png.height).toBeGreaterThan(png.width)
  })

  it('paints the pixels as they are', async () => {
    const picture = imageGrid([{ image: digit(0) }], { tileSize: 56 })
    const png = await decodePng(await toPng(picture, { scale: 1 }))
    const image = digit(0)
    const row = 8
    const column = Array.from({ length: 28 }, (_u, i) => i).find(
      (x) => (image.data[row * 28 + x] ?? 0) > 200,
    )
    const x = 16 + (column ?? 0) * 2 + 1
    const y = 16 + row * 2 + 1
    expect(png.at(x, y)[0]).toBe(image.data[row * 28 + (column ?? 0)])
  })

  it('tells right from wrong by frame and words, not by colour alone', () => {
    const { svg, description } = imageGrid(samples(10))
    expect(svg.match(/stroke-dasharray="6 3"/g)).toHaveLength(1)
    expect(description).toContain('9 of 10 read right')
  })

  it('names shapes that do not fit their data', () => {
    const broken = { data: new Uint8Array(700), height: 28, width: 28 }
    expect(() => imageGrid([{ image: broken }])).toThrow(
      'expected 28 × 28 × 1 = 784 values, received 700',
    )
    expect(() => imageGrid([])).toThrow(VizError)
  })

  it('says when pixels are no numbers', () => {
    const data = new Float32Array(16).fill(0.5)
    data[3] = Number.NaN
    const { description } = imageGrid([{ image: { data, height: 4, width: 4 } }])
    expect(description).toContain('painted magenta')
  })
})
