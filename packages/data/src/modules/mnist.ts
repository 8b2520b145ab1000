import type { DataContext } from '../files/data-context.js'
import { MnistLike } from './mnist-like.js'
import type { MnistLikeOptions } from './mnist-like-options.js'
import { mnistOptions } from './mnist-options.js'
import { mnistSummary } from './summaries.js'
import type { OptionsSchema } from './options-schema.js'
import { parseOptions } from './parse-options.js'

/**
 * Serves MNIST: 70,000 handwritten digits of 28×28 pixels, 55,000 for training, 5,000 for validation and 10,000 for
 * test. Normalised by mean 0.1307 and deviation 0.3081 unless `normalize` is false.
 *
 * Source: Y. LeCun et al., Gradient-based learning applied to document recognition, 1998.
 */
export class MNIST extends MnistLike {
  static override readonly summary = mnistSummary
  static override readonly options: OptionsSchema = mnistOptions

  constructor(options: Partial<MnistLikeOptions> = {}, context: DataContext = {}) {
    const info = {
      name: 'MNIST',
      folder: 'mnist',
      mapping: Array.from('0123456789'),
      mean: 0.1307,
      std: 0.3081,
      kind: 'digit' as const,
    }
    super(info, parseOptions('MNIST', mnistOptions, options), context)
  }
}
