import type { ZodObject } from 'zod'
import type { ModelDefinition } from './define-model.js'
import { cnnFacts } from './zoo/cnn-facts.js'
import type { ModelFacts } from './zoo/facts.js'
import { mlpFacts } from './zoo/mlp-facts.js'

/** A model that can be had, known before TensorFlow.js or a schema is loaded. */
export interface ModelCatalogEntry extends ModelFacts {
  /** Loads the schema of its options. */
  options(): Promise<ZodObject>
  /** Loads its definition, and TensorFlow.js with it. */
  load(): Promise<ModelDefinition>
}

/** Lists every model of the zoo. */
export const models: readonly ModelCatalogEntry[] = [
  {
    ...mlpFacts,
    options: async () => (await import('./zoo/mlp-options.js')).mlpOptions,
    load: async () => (await import('./zoo/mlp.js')).MLP,
  },
  {
    ...cnnFacts,
    options: async () => (await import('./zoo/cnn-options.js')).cnnOptions,
    load: async () => (await import('./zoo/cnn.js')).CNN,
  },
]
