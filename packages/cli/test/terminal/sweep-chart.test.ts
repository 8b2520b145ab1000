import { describe, expect, it } from 'vitest'
import { sweepChart } from '../../src/terminal/sweep-chart.js'

describe('sweepChart', () => {
  it('uses its rows for what falls, not for the tail that diverges', () => {
    const lr = Array.from({ length: 40 }, (_, i) => 1e-6 * 10 ** (i / 5))
    const smoothed = lr.map((_, i) => (i < 20 ? 2.4 : i < 34 ? 2.4 - 0.15 * (i - 20) : 160))
    const lines = sweepChart({ lr, smoothed, suggestion: 1e-3 }).split('\n')
    expect(lines[0]).toBe('Smoothed loss by learning rate (↑ 6 above 2.88)')
    const rows = lines.filter((line) => line.includes('│'))
    expect(rows).toHaveLength(12)
    expect(rows.filter((row) => row.includes('•')).length).toBeGreaterThan(9)
    expect(rows[0]!.match(/↑/g)).toHaveLength(6)
    const axis = lines.find((line) => line.includes('└'))!
    // 33 of 39 steps along an axis of 60 characters, after the margin
    expect(axis.indexOf('▽') - axis.indexOf('└') - 1).toBe(Math.round((33 / 39) * 59))
    expect(axis).toContain('▲')
    expect(lines.at(-1)!.trim()).toBe('▲ suggested  ▽ lowest loss')
  })

  it('draws a loss that only rises, and steps that are no number', () => {
    const chart = sweepChart({ lr: [1e-3, 1e-2, 1e-1], smoothed: [1, 5, Number.NaN] })
    expect(chart.match(/•/g)).toHaveLength(1)
    expect(chart).not.toContain('NaN')
    expect(sweepChart({ lr: [1], smoothed: [2] })).toBe('Too few steps to draw a curve.')
  })
})
