import { useBackend } from '@ductus/backend'
import { Classifier, ProgressBar, Trainer } from '@ductus/training'
import { expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

it('tells a line every n optimizer steps, not every batch of a group', async () => {
  await useBackend('cpu')
  const reporter = new RecordingReporter()
  const trainer = new Trainer({
    accumulateGradBatches: 2,
    rootDir: false,
    reporter,
    callbacks: [new ProgressBar({ linesEveryNSteps: 1 })],
  })
  await trainer.fit(new Classifier(toyModel()), toyData())
  const places = reporter.infos.map((line) => /^loss: [\d.]+ (.*)$/.exec(line)?.[1])
  expect(places).toEqual(['[40/110]', '[80/110]', '[110/110]'])
})
