import { expect, it } from 'vitest'
import { ArrayDataset, byteTable } from '@ductus/data'

it('turns bytes into floats by its table', () => {
  const dataset = new ArrayDataset({
    x: Uint8Array.of(0, 255, 51, 102),
    xShape: [2],
    y: Uint8Array.of(3, 4),
  })
  const x = new Float32Array(4)
  const y = new Int32Array(2)
  dataset.fill([1, 0], x, y)
  expect(x).toEqual(Float32Array.of(0.2, 0.4, 0, 1))
  expect(Array.from(y)).toEqual([4, 3])
})

it('makes tables with scale, mean and deviation', () => {
  const table = byteTable(256, 0.5, 0.25)
  expect(table[0]).toBe(-2)
  expect(table[128]).toBe(0)
  expect(table[192]).toBe(1)
})

it('serves targets of several values, and floats', () => {
  const dataset = new ArrayDataset({
    x: Float32Array.of(1, 2),
    xShape: [1],
    y: Float32Array.of(0.5, 1, 1.5, 2),
    yShape: [2],
  })
  const y = new Float32Array(2)
  dataset.fill([1], new Float32Array(1), y)
  expect(dataset.yDtype).toBe('float32')
  expect(Array.from(y)).toEqual([1.5, 2])
})

it('refuses arrays that do not belong together', () => {
  const make = () => new ArrayDataset({ x: new Uint8Array(5), xShape: [2], y: new Uint8Array(2) })
  expect(make).toThrow(/ArrayDataset: expected as many inputs as targets/)
})
