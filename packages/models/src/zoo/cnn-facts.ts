import type { ModelFacts } from './facts.js'

export const cnnFacts: ModelFacts = {
  name: 'CNN',
  summary: 'Two 3×3 convolutions, max-pooling, dropout and a hidden layer',
  source: 'Full Stack Deep Learning 2021, text recognizer, lab 2',
  file: 'packages/models/src/zoo/cnn.ts',
}
