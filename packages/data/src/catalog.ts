import type { ZodObject } from 'zod'
import type { DataModuleClass } from './modules/data-module.js'
import { fashionMnistSummary, mnistSummary } from './modules/summaries.js'

/** Lists something that can be chosen by name, and loads it when it is asked for. */
export interface CatalogEntry<T> {
  name: string
  summary: string
  /** Where it comes from: the data set's paper or page. */
  source: string
  options(): Promise<ZodObject>
  load(): Promise<T>
}

/** Lists the data modules; loads neither zod nor any module until asked. */
export const dataModules: readonly CatalogEntry<DataModuleClass>[] = [
  {
    name: 'MNIST',
    summary: mnistSummary,
    source: 'LeCun, Bottou, Bengio, Haffner 1998',
    options: async () => (await import('./modules/mnist-options.js')).mnistOptions,
    load: async () => (await import('./modules/mnist.js')).MNIST,
  },
  {
    name: 'FashionMNIST',
    summary: fashionMnistSummary,
    source: 'Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747',
    options: async () => (await import('./modules/fashion-mnist-options.js')).fashionMnistOptions,
    load: async () => (await import('./modules/fashion-mnist.js')).FashionMNIST,
  },
]
