import { LitModule, SGD, type StepContext, type TensorBatch } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import { toyModel } from './toy-model.js'

/** Has the validation loss of each epoch that it is told; its weights move in every step. */
export class Scripted extends LitModule {
  constructor(
    readonly losses: number[],
    readonly model = toyModel(),
  ) {
    super({ model })
  }

  trainingStep({ x }: TensorBatch, context: StepContext): tf.Scalar {
    return tf.mean(this.forward(x, context))
  }

  override validationStep(_batch: TensorBatch, { epoch }: StepContext): tf.Scalar {
    return tf.scalar(this.losses[epoch]!)
  }

  configureOptimizers() {
    return new SGD({ lr: 0.01 })
  }
}
