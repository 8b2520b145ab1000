import type { ProgressState } from '@ductus/training'
import { describe, expect, it } from 'vitest'
import { LiveLine, aroundLiveLine } from '../../src/terminal/live-line.js'
import { createPrinter } from '../../src/terminal/printer.js'
import { TerminalReporter } from '../../src/terminal/terminal-reporter.js'

function screen(isTTY: boolean) {
  const written: string[] = []
  const sink = { isTTY, columns: 60, write: (text: string) => written.push(text) }
  const line = new LiveLine(sink)
  const io = aroundLiveLine({ stdout: sink, stderr: sink, env: {} }, line)
  return { written, sink, io, reporter: new TerminalReporter(createPrinter(io, {}), line, true) }
}

const state = (change: Partial<ProgressState>): ProgressState => ({
  stage: 'train',
  epoch: 0,
  maxEpochs: 2,
  batch: 10,
  batches: 20,
  samples: 1280,
  samplesTotal: 2560,
  samplesPerSecond: 5000,
  secondsLeft: 7,
  metrics: { 'train/loss': 0.51234 },
  done: false,
  ...change,
})

describe('TerminalReporter', () => {
  it('writes a line an epoch off a terminal', () => {
    const { written, reporter } = screen(false)
    const metrics = { 'train/loss': 0.51234, 'validation/loss': 0.25, 'test/loss': 1 }
    for (const epoch of [0, 1]) {
      reporter.progress(state({ epoch }))
      reporter.progress(state({ epoch, stage: 'validation', samplesPerSecond: 9000 }))
      reporter.progress(state({ epoch, metrics, samplesPerSecond: 9000, done: true }))
    }
    reporter.finish()
    expect(written).toEqual([
      'Epoch 1/2: train/loss 0.5123 validation/loss 0.25 (5,000 samples/s)\n',
      'Epoch 2/2: train/loss 0.5123 validation/loss 0.25 (5,000 samples/s)\n',
    ])
  })

  it('redraws one line on a terminal, never wider than it', () => {
    const { written, reporter } = screen(true)
    reporter.progress(state({}))
    reporter.progress(state({ batch: 11 }))
    expect(written).toHaveLength(2)
    for (const text of written) {
      expect(text.startsWith('\r\u001b[KEpoch 1/2 ━')).toBe(true)
      expect([...text].length).toBeLessThan(60 + 4)
      expect(text).not.toContain('\n')
    }
    reporter.warn('look out')
    expect(written.slice(2)).toEqual(['\r\u001b[K', 'warning: look out\n'])
  })

  it("follows a change of the terminal's width", () => {
    const { written, sink, io, reporter } = screen(true)
    reporter.progress(state({}))
    sink.columns = 30
    reporter.progress(state({ batch: 11 }))
    expect([...written[0]!]).toHaveLength(59 + 4)
    expect([...written[1]!]).toHaveLength(29 + 4)
    expect(io.stdout.columns).toBe(30)
  })
})
