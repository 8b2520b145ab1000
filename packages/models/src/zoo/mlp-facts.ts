import type { ModelFacts } from './facts.js'

export const mlpFacts: ModelFacts = {
  name: 'MLP',
  summary: 'Two hidden layers with ReLU and dropout',
  source: 'Full Stack Deep Learning 2021, text recognizer, lab 2',
  file: 'packages/models/src/zoo/mlp.ts',
}
