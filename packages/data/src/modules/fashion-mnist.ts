import type { DataContext } from '../files/data-context.js'
import { fashionMnistOptions } from './fashion-mnist-options.js'
import { MnistLike } from './mnist-like.js'
import type { MnistLikeOptions } from './mnist-like-options.js'
import { fashionMnistSummary } from './summaries.js'
import type { OptionsSchema } from './options-schema.js'
import { parseOptions } from './parse-options.js'

const classNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]

/**
 * Serves Fashion-MNIST: 70,000 pictures of clothes of 28×28 pixels in ten classes, 50,000 for training, 10,000 for
 * validation and 10,000 for test. Pixels are plain [0, 1] unless `normalize` is set (mean 0.2860, deviation 0.3530).
 *
 * Source: H. Xiao, K. Rasul, R. Vollgraf, arXiv:1708.07747.
 */
export class FashionMNIST extends MnistLike {
  static override readonly summary = fashionMnistSummary
  static override readonly options: OptionsSchema = fashionMnistOptions

  constructor(options: Partial<MnistLikeOptions> = {}, context: DataContext = {}) {
    const info = {
      name: 'FashionMNIST',
      folder: 'fashion-mnist',
      mapping: classNames,
      mean: 0.286,
      std: 0.353,
      kind: 'image' as const,
    }
    super(info, parseOptions('FashionMNIST', fashionMnistOptions, options), context)
  }
}
