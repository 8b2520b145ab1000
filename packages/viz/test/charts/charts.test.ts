import { describe, expect, it } from 'vitest'
import {
  activationStats,
  curves,
  downsample,
  lrFinderCurve,
  rollingMean,
  toPng,
  weightHistory,
} from '../../src/index.js'
import { decodePng } from '../support/decode-png.js'
import { seeded } from '../support/mnist.js'

describe('rollingMean', () => {
  it('averages what there is, and leaves out what is no number', () => {
    expect([...rollingMean([1, 2, 3, 4], 2)]).toEqual([1, 1.5, 2.5, 3.5])
    expect([...rollingMean([Number.NaN, 2, Number.NaN], 2)]).toEqual([Number.NaN, 2, 2])
  })
})

describe('downsample', () => {
  it('keeps ends, peaks and gaps', () => {
    const points = Array.from({ length: 60_000 }, (_u, x) => ({
      x,
      y: x === 31_234 ? 99 : x === 40_000 ? Number.NaN : 1,
    }))
    const kept = downsample(points, 2000)
    expect(kept.length).toBeLessThanOrEqual(2000)
    expect(kept[0]?.x).toBe(0)
    expect(kept.at(-1)?.x).toBe(59_999)
    expect(kept.some((p) => p.y === 99)).toBe(true)
    expect(kept.some((p) => Number.isNaN(p.y))).toBe(true)
  })
})

describe('curves', () => {
  it('thins 60,000 points and says so', async () => {
    const random = seeded(1)
    const x = Array.from({ length: 60_000 }, (_u, i) => i)
    const picture = await curves([{ name: 'train/loss', x, y: x.map(() => random()) }], {
      rollingWindow: 10,
    })
    expect(picture.description).toContain('60,000 points a curve thinned to')
    expect(picture.svg.length).toBeLessThan(300_000)
  })

  it('leaves a gap where values are no numbers, and marks it', async () => {
    const y = [3, 2, Number.NaN, 1, Infinity, 0.5]
    const { svg, description } = await curves([{ name: 'loss', x: [1, 2, 3, 4, 5, 6], y }])
    expect(description).toContain('2 values that are no numbers, marked ×')
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  it('draws an honest chart of nothing but NaN, and of nothing at all', async () => {
    const { svg } = await curves([{ name: 'loss', x: [1], y: [Number.NaN] }])
    expect(svg).toContain('is no number')
    expect((await curves([{ name: 'loss', x: [], y: [] }])).svg).toContain('no values yet')
    await expect(curves([])).rejects.toThrow('at least 1 series')
    await expect(curves([{ name: 'a', x: [1], y: [] }])).rejects.toThrow('received 1 and 0')
  })

  it('overlays runs, told apart by colour and dash', async () => {
    const series = ['a', 'b'].map((run) => ({ name: 'loss', run, x: [1, 2, 3], y: [3, 2, 1] }))
    const { svg } = await curves(series)
    expect(svg).toContain('a: loss')
    expect(svg).toContain('b: loss')
    expect(svg).toContain('stroke-dasharray="6,3"')
  })

  it('draws the same in the dark with light ink', async () => {
    const picture = await curves([{ name: 'loss', x: [1, 2], y: [3, 2] }], { theme: 'dark' })
    const png = await decodePng(await toPng(picture, { scale: 1 }))
    expect(Math.max(...png.at(2, 2))).toBeLessThan(40)
    await expect(
      curves([{ name: 'l', x: [1], y: [1] }], { theme: 'pink' as 'dark' }),
    ).rejects.toThrow('light or dark')
  })

  it('gives values that differ by rounding alone an axis of their size', async () => {
    const { svg } = await curves([
      { name: 'momentum', x: [1, 2, 3], y: [0.9, 0.9000000000000001, 0.8999999999999999] },
    ])
    expect(svg).not.toContain('0.9000000')
    expect(svg).toContain('>0.5<')
  })

  it('writes decades alone on a log scale', async () => {
    const { svg } = await curves([{ name: 'loss', x: [1, 2, 3], y: [2, 0.03, 0.0002] }], {
      yScale: 'log',
    })
    expect(svg).toContain('>0.001<')
    expect(svg).not.toContain('>0.002<')
  })

  it('marks the suggested learning rate', async () => {
    const lr = [1e-5, 1e-4, 1e-3, 1e-2]
    const { svg } = await lrFinderCurve({ lr, loss: [2.3, 2.2, 1, 4], suggestion: 1e-3 })
    expect(svg).toContain('suggested 0.001')
    expect(svg).toContain('1e-4')
  })

  it('keeps what falls readable where the sweep diverges, says so, and marks the lowest loss', async () => {
    const lr = Array.from({ length: 40 }, (_, i) => 1e-6 * 10 ** (i / 5))
    const smoothed = lr.map((_, i) => (i < 20 ? 2.4 : i < 34 ? 2.4 - 0.15 * (i - 20) : 160))
    const { svg, description } = await lrFinderCurve({
      lr,
      loss: smoothed,
      smoothed,
      suggestion: 0.1,
    })
    expect(svg).toContain('>2.5<')
    expect(svg).not.toContain('>150<')
    expect(svg).toContain('12 values beyond the y axis, drawn at its end')
    expect(svg).toContain(`lowest loss ${String(Number(lr[33]!.toPrecision(3)))}`)
    expect(description).toContain('highest 160')
  })
})

describe('histories', () => {
  it('paints weights above biases, a column a step', async () => {
    const steps = [0, 10, 20, 30]
    const random = seeded(2)
    const values = (n: number) => steps.map(() => Float32Array.from({ length: n }, () => random()))
    const picture = weightHistory({
      weights: { name: 'fc/weight', steps, values: values(50) },
      biases: { name: 'fc/bias', steps, values: values(5) },
    })
    expect(picture.svg.match(/<image /g)).toHaveLength(4)
    expect(picture.title).toBe('History of fc')
    expect(() => weightHistory({ weights: { name: 'fc/weight', steps: [], values: [] } })).toThrow(
      'Record with',
    )
  })

  it('takes histograms as they are', () => {
    const picture = weightHistory({
      weights: {
        name: 'fc/weight',
        steps: [0, 1],
        counts: [
          [1, 2],
          [3, 0],
        ],
        edges: [-1, 0, 1],
      },
    })
    expect(picture.description).toContain('between −1 and 1')
  })

  it('charts activations and dead units', async () => {
    const one = { layer: 'conv', steps: [0, 1], mean: [0.1, 0.2], std: [1, 1], deadShare: [0, 0.5] }
    const { deadShare } = await activationStats([one])
    expect(deadShare.description).toContain('from 0 to 0.5')
  })
})
