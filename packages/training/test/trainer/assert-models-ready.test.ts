import { useBackend } from '@ductus/backend'
import { Classifier, Trainer } from '@ductus/training'
import { expect, it } from 'vitest'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

it('refuses a model that was built before useBackend', async () => {
  await useBackend('cpu')
  const module = new Classifier(toyModel())
  await useBackend('wasm')
  const trainer = new Trainer({ maxEpochs: 1, rootDir: false })
  await expect(trainer.fit(module, toyData())).rejects.toThrow(
    /Trainer\.fit: .*on "cpu".*built before useBackend/,
  )
  await expect(trainer.test(module, toyData())).rejects.toThrow(
    /Trainer\.test: .*built before useBackend/,
  )
})

it('takes one that was built after', async () => {
  await useBackend('cpu')
  const trainer = new Trainer({ maxEpochs: 1, rootDir: false })
  const { status } = await trainer.fit(new Classifier(toyModel()), toyData())
  expect(status).toBe('completed')
})
