import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  LineRecognizer,
  Trainer,
  type Callback,
  type LineRecognizerOptions,
} from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyCtcModel, toyLines, toyWindowModel } from '../support/toy-lines.js'
import { weightsOf } from '../support/weights-of.js'

/** Fits two epochs of 2 training and 2 validation batches, interrupted after each of `stops` batches and taken up again. */
async function fitWithStops(
  make: () => LayersModel,
  options: LineRecognizerOptions,
  stops: readonly number[],
): Promise<{ weights: object; metricsCsv: string; metrics: object }> {
  const rootDir = temporaryFolder()
  let seen = 0
  for (;;) {
    const count = (): void => {
      if (stops.includes(++seen)) trainer.interrupt()
    }
    const counting: Callback = { onTrainBatchEnd: count, onValidationBatchEnd: count }
    const trainer = new Trainer({ maxEpochs: 2, logEveryNSteps: 1, rootDir, callbacks: [counting] })
    const model = make()
    const module = new LineRecognizer(model, options)
    const { status, runDir, metrics } = await trainer.fit(module, toyLines(), { resume: 'last' })
    if (status === 'interrupted') continue
    const metricsCsv = readFileSync(join(runDir!, 'metrics.csv'), 'utf8')
    return { weights: weightsOf(model), metricsCsv, metrics }
  }
}

describe('resuming on lines', () => {
  beforeAll(async () => {
    await useBackend('wasm')
  })

  it.each([
    ['CTC', () => toyCtcModel(6, 0.3), { loss: 'ctc', beamWidth: 3 }],
    ['cross-entropy', () => toyWindowModel(6, 0.3), { countPadding: true }],
  ] as const)(
    'gives the same bits with %s, after a stop at any batch',
    async (_, make, options) => {
      const whole = await fitWithStops(make, options, [])
      expect(whole.metrics).toHaveProperty(['validation/cer'])
      for (const stop of [1, 2, 3, 6]) {
        expect(await fitWithStops(make, options, [stop]), `stop ${stop}`).toEqual(whole)
      }
      expect(await fitWithStops(make, options, [1, 2, 3, 4, 5, 6, 7])).toEqual(whole)
    },
  )
})
