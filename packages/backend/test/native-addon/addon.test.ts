import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Addon } from '../../native/addon.js'
import { hasAddon, loadAddon, randomFloats } from './load-addon.js'

// [batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filter, stride, dilation, pad]
const conv = Int32Array.of(9, 14, 14, 33, 14, 14, 40, 3, 3, 1, 1, 1, 1, 1, 1)
const strided = Int32Array.of(9, 14, 14, 5, 7, 7, 40, 3, 3, 2, 2, 1, 1, 1, 1)

/** The bits of an array; comparing elements one by one takes the test runner seconds. */
const digest = (array: Float32Array) => createHash('sha256').update(array).digest('hex')

function outputs(addon: Addon, threads: number): Float32Array[] {
  addon.setThreads(threads)
  const results: Float32Array[] = []
  const output = (length: number) => {
    const array = new Float32Array(length).fill(NaN)
    results.push(array)
    return array
  }
  for (const g of [conv, strided]) {
    const [n = 0, h = 0, w = 0, ci = 0, oh = 0, ow = 0, co = 0] = g
    const x = randomFloats(n * h * w * ci, 1)
    const filter = randomFloats(9 * ci * co, 2)
    const y = output(n * oh * ow * co)
    addon.conv2dForward(g, x, filter, randomFloats(co, 3), addon.activations.relu, y)
    const dy = randomFloats(y.length, 4)
    addon.conv2dFilterGradient(
      g,
      x,
      dy,
      y,
      addon.activations.relu,
      output(filter.length),
      output(co),
    )
    addon.conv2dInputGradient(g, dy, y, addon.activations.relu, filter, output(x.length))
  }
  for (const [m, n, k] of [
    [200, 300, 500],
    [30, 40, 3000],
    [1, 500, 700],
  ] as const) {
    const g = Int32Array.of(0, 1, m, n, k, 0)
    addon.sgemm(g, randomFloats(m * k, 5), randomFloats(n * k, 6), null, output(m * n))
  }
  const x = randomFloats(200_000, 7)
  addon.reduce(addon.reduceOps.sum, 1, 4000, 50, x, output(50))
  addon.batchNormTrain(
    x,
    null,
    null,
    null,
    1e-5,
    0,
    output(x.length),
    output(50),
    output(50),
    output(50),
  )
  results.push(Float32Array.of(addon.sumOfSquares(x)))
  return results
}

describe.skipIf(!hasAddon)('the addon', () => {
  const addon = loadAddon()

  it('gives the same bits at 1 to 4 threads, on each instruction set', () => {
    const isa = addon.isa()
    const threads = addon.threads()
    for (const name of addon.isas) {
      addon.setIsa(name)
      const [first, ...rest] = [1, 2, 3, 4].map((count) => outputs(addon, count))
      for (const other of rest) expect(other.map(digest)).toEqual(first?.map(digest))
      expect(first?.every((array) => array.every(Number.isFinite))).toBe(true)
    }
    addon.setIsa(isa)
    addon.setThreads(threads)
  })

  it('keeps the digits of a depthwise gradient whose terms nearly cancel', () => {
    const [n, size] = [32, 64]
    const g = Int32Array.of(n, size, size, 1, size, size, 1, 1, 1, 1, 1, 1, 1, 0, 0)
    const [x, dy] = [randomFloats(n * size * size, 1), randomFloats(n * size * size, 2)]
    for (let i = 0; i < x.length; i++) x[i] = 1 + x[i]! / 8
    const [dFilter, dBias] = [new Float32Array(1), new Float32Array(1)]
    addon.depthwiseFilterGradient(g, x, dy, null, addon.activations.linear, dFilter, dBias)
    const sum = dy.reduce((total, value) => total + value)
    const weighted = dy.reduce((total, value, i) => total + value * x[i]!, 0)
    expect(Math.abs(dFilter[0]! / weighted - 1)).toBeLessThan(1e-6)
    expect(Math.abs(dBias[0]! / sum - 1)).toBeLessThan(1e-6)
  })

  it("steps Adagrad to the bits of JavaScript's formula, on each instruction set", () => {
    const n = 40_007
    const [rate, epsilon, decay, scale] = [0.01, 1e-10, 0.05, 0.3]
    const [start, g] = [randomFloats(n, 1), randomFloats(n, 2)]
    const [p, sum] = [start.slice(), new Float32Array(n).fill(0.1)]
    for (let i = 0; i < n; i++) {
      const gradient = scale * g[i]! + decay * p[i]!
      const total = Math.fround(sum[i]! + gradient * gradient)
      sum[i] = total
      p[i] = p[i]! - (rate * gradient) / (Math.sqrt(total) + epsilon)
    }
    for (const isa of addon.isas) {
      addon.setIsa(isa)
      const [ours, ourSum] = [start.slice(), new Float32Array(n).fill(0.1)]
      addon.adagrad(ours, g, ourSum, rate, epsilon, decay, scale)
      expect([isa, digest(ours), digest(ourSum)]).toEqual([isa, digest(p), digest(sum)])
    }
    addon.setIsa(addon.isas[0]!)
  })

  it('drops out the elements that the documented hash names', () => {
    const x = randomFloats(100_000, 8)
    for (const [key, rate, first] of [
      [0, 0.25, 0],
      [4294967295, 0.5, 0],
      [123456789, 0.9, 99_999],
      [123456789, 0.9, 4294967290],
      [7, 0, 0],
      [7, 1, 0],
    ] as const) {
      const y = new Float32Array(x.length)
      addon.dropout(key, rate, first, x, y)
      const scale = Math.fround(1 / (1 - rate))
      const want = x.map((value, i) => {
        let h = Math.imul(first + i, 0x9e3779b1) ^ key
        h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
        h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
        h ^= h >>> 16
        return h >>> 8 >= Math.floor(rate * 16777216) ? value * scale : 0
      })
      expect(digest(y)).toBe(digest(want))
    }
  })

  it('takes every second row backwards, and every third column', () => {
    const x = Int32Array.from({ length: 5 * 7 }, (_, i) => i)
    const y = new Int32Array(3 * 2)
    addon.stridedSlice(Int32Array.of(5, 4, -2, 3, 7, 1, 3, 2), x, y)
    expect(Array.from(y)).toEqual([29, 32, 15, 18, 1, 4])
    expect(() =>
      addon.stridedSlice(Int32Array.of(5, 4, -2, 4), x.slice(0, 5), y.slice(0, 4)),
    ).toThrow(/a slice within axis 0 of size 5, received 4 to -2/)
  })

  it('names every operation once', () => {
    for (const table of [
      addon.activations,
      addon.unaryOps,
      addon.binaryOps,
      addon.compareOps,
      addon.reduceOps,
    ]) {
      const codes = Object.values(table)
      expect(codes).toEqual(codes.map((_, i) => i))
      expect(Object.isFrozen(table)).toBe(true)
    }
  })

  it('keeps little scratch memory, and gives it back', () => {
    outputs(addon, 2)
    expect(addon.scratchBytes()).toBeGreaterThan(0)
    addon.releaseScratch()
    expect(addon.scratchBytes()).toBe(0)
  })

  it('does not grow over 2,000 convolutions', () => {
    const x = randomFloats(9 * 14 * 14 * 5, 1)
    const filter = randomFloats(9 * 5 * 40, 2)
    const y = new Float32Array(9 * 7 * 7 * 40)
    const run = (times: number) => {
      for (let i = 0; i < times; i++) addon.conv2dForward(strided, x, filter, null, 0, y)
      return process.memoryUsage().rss
    }
    const before = run(200)
    expect(run(2000) - before).toBeLessThan(16 * 2 ** 20)
  })
})
