import { useBackend } from '@ductus/backend'
import { Classifier, ModelSummary, ProgressBar, streamReporter, Trainer } from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

async function fit(terminal: boolean, linesEveryNSteps?: number): Promise<string> {
  let written = ''
  const stream = { write: (text: string) => (written += text), columns: 100 }
  const trainer = new Trainer({
    maxEpochs: 2,
    rootDir: false,
    reporter: streamReporter(stream, terminal),
    callbacks: [
      new ModelSummary(),
      new ProgressBar({ refreshMs: 0, ...(linesEveryNSteps ? { linesEveryNSteps } : {}) }),
    ],
  })
  await trainer.fit(new Classifier(toyModel()), toyData())
  await trainer.test()
  return written
}

describe('streamReporter', () => {
  it('redraws one line on a terminal', async () => {
    const written = await fit(true)
    expect(written).toContain('\r\u001b[2KEpoch 1/2   50% ████████········  60/110')
    expect(written).toContain('Epoch 1/2 validation')
    const lines = written.split('\n').slice(-4, -1)
    expect(
      lines.map((line) => line.split('\r').at(-1)!.replace('\u001b[2K', '').slice(0, 9)),
    ).toEqual(['Epoch 1/2', 'Epoch 2/2', expect.stringMatching(/^Test/)])
  })

  it('writes a line an epoch elsewhere', async () => {
    const lines = (await fit(false)).split('\n').slice(0, -1)
    expect(lines[0]).toMatch(/^Layer +Kind +Output +Parameters$/)
    expect(lines.find((line) => line.startsWith('Total'))).toBe(
      'Total 371 parameters, 371 trainable',
    )
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(
        /^Epoch 1\/2 {2}\d+ samples\/s {2}train\/loss \d\.\d{4} {2}train\/acc .*validation\/acc/,
      ),
      expect.stringMatching(/^Epoch 2\/2 /),
      expect.stringMatching(/^Test {2}\d+ samples\/s {2}test\/loss /),
    ])
    expect(lines.join()).not.toContain('\r')
  })

  it('writes a line every n steps when asked to', async () => {
    const written = await fit(false, 3)
    expect(written).toMatch(/^loss: \d\.\d{6} \[60\/110\]$/m)
    expect(written).toMatch(/^loss: \d\.\d{6} \[110\/110\]$/m)
  })
})
