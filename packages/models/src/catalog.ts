import type { ZodObject } from 'zod'
import type { ModelDefinition } from './define-model.js'
import type { ModelFacts } from './zoo/facts.js'
import {
  mlpFacts,
  cnnFacts,
  resNetFacts,
  leNet5Facts,
  leCun1990Facts,
  simpleCNNFacts,
  lineCNNFacts,
  lineCNNSimpleFacts,
} from './zoo/model-facts.js'

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
  {
    ...resNetFacts,
    options: async () => (await import('./zoo/resnet-options.js')).resNetOptions,
    load: async () => (await import('./zoo/resnet.js')).ResNet,
  },
  {
    ...leNet5Facts,
    options: async () => (await import('./zoo/lenet5-options.js')).leNet5Options,
    load: async () => (await import('./zoo/lenet5.js')).LeNet5,
  },
  {
    ...leCun1990Facts,
    options: async () => (await import('./zoo/lecun1990-options.js')).leCun1990Options,
    load: async () => (await import('./zoo/lecun1990.js')).LeCun1990,
  },
  {
    ...simpleCNNFacts,
    options: async () => (await import('./zoo/simple-cnn-options.js')).simpleCNNOptions,
    load: async () => (await import('./zoo/simple-cnn.js')).SimpleCNN,
  },
  {
    ...lineCNNSimpleFacts,
    options: async () => (await import('./zoo/line-cnn-simple-options.js')).lineCNNSimpleOptions,
    load: async () => (await import('./zoo/line-cnn-simple.js')).LineCNNSimple,
  },
  {
    ...lineCNNFacts,
    options: async () => (await import('./zoo/line-cnn-options.js')).lineCNNOptions,
    load: async () => (await import('./zoo/line-cnn.js')).LineCNN,
  },
]
