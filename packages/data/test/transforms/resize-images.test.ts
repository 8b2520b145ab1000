import { expect, it } from 'vitest'
import { resizeImages } from '@ductus/data'

const image = (height: number, width: number, pixels: number[]) => ({
  count: 1,
  height,
  width,
  pixels: Uint8Array.from(pixels),
})

it('leaves images of the right size alone', () => {
  const images = image(1, 2, [3, 4])
  expect(resizeImages(images, { height: 1, width: 2 })).toBe(images.pixels)
})

it('keeps a plain colour plain', () => {
  const flat = image(28, 28, new Array<number>(784).fill(137))
  expect(new Set(resizeImages(flat, { height: 16, width: 16 }))).toEqual(new Set([137]))
})

it('keeps the mean when it shrinks', () => {
  const pixels = Array.from({ length: 784 }, (_, i) => (i * 37) % 256)
  const small = resizeImages(image(28, 28, pixels), { height: 14, width: 14 })
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
  expect(Math.abs(mean(small) - mean(pixels))).toBeLessThan(2)
})

it('weighs halves by the triangle filter: 4 columns to 2', () => {
  // Centre 1 reaches two columns to each side: weights 3, 3, 1 of 7 on columns 0, 1, 2.
  const out = resizeImages(image(1, 4, [70, 0, 0, 140]), { height: 1, width: 2 })
  expect(Array.from(out)).toEqual([30, 60])
})

it('interpolates between centres when it grows', () => {
  const out = resizeImages(image(1, 2, [0, 100]), { height: 1, width: 4 })
  expect(Array.from(out)).toEqual([0, 25, 75, 100])
})
