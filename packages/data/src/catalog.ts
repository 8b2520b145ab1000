import type { ZodObject } from 'zod'
import type { DataModuleClass } from './modules/data-module.js'
import {
  emnistLinesSummary,
  emnistSummary,
  fashionMnistSummary,
  mnistSummary,
} from './modules/summaries.js'

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
  {
    name: 'EMNIST',
    summary: emnistSummary,
    source: 'Cohen, Afshar, Tapson, van Schaik 2017, arXiv:1702.05373',
    options: async () => (await import('./emnist/emnist-options.js')).emnistOptions,
    load: async () => (await import('./emnist/emnist.js')).EMNIST,
  },
  {
    name: 'EMNISTLines',
    summary: emnistLinesSummary,
    source: 'Full Stack Deep Learning text recognizer labs, 2021–2022',
    options: async () => (await import('./lines/emnist-lines-options.js')).emnistLinesOptions,
    load: async () => (await import('./lines/emnist-lines.js')).EMNISTLines,
  },
]
