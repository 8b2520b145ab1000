import { dense } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { ModelError } from '../model-error.js'
import { Conv2d, type Conv2dOptions } from './conv2d.js'
import { onlyTensor } from './single-input.js'
import { windowPatches } from './unfold.js'

/**
 * Convolves as one matrix product of unfolded windows and the kernel: the same numbers as {@link Conv2d}, and the same
 * weights, by another way. Takes padding in numbers.
 */
export class Im2colConv2d extends Conv2d {
  static override className = 'Conv2D'

  constructor(options: Conv2dOptions) {
    super(options)
    if (typeof this.padding === 'string' && this.padding !== 'valid') {
      throw new ModelError(
        'BAD_OPTION',
        `${options.name}: expected padding in numbers, received ${this.padding}. ` +
          'Half the kernel, rounded down, keeps the size at stride 1.',
      )
    }
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const { kernelSize, strides, padding, dilation, activation } = this
    return tf.tidy(() => {
      const patches = windowPatches(onlyTensor(inputs) as tf.Tensor4D, {
        kernelSize,
        strides,
        dilation,
        padding: typeof padding === 'string' ? 0 : padding,
      })
      const [batch, height, width, values] = patches.shape
      const y = dense(
        tf.reshape(patches, [batch * height * width, values]),
        tf.reshape(this.kernel!.read(), [values, this.filters]),
        { ...(this.bias && { bias: this.bias.read() }), activation },
      )
      return tf.reshape(y, [batch, height, width, this.filters])
    })
  }
}
