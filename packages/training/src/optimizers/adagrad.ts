import { updateAdagrad } from '@ductus/backend'
import { checkOptions, notNegative } from '../check-options.js'
import { Optimizer, type OptimizerHyper, type UpdateInput } from './optimizer.js'

/** Options of `Adagrad`, with PyTorch's defaults. */
export interface AdagradOptions {
  /** Learning rate. Defaults to 0.01. */
  lr?: number
  /** Defaults to 0. */
  lrDecay?: number
  /** An L2 penalty. Defaults to 0. */
  weightDecay?: number
  /** What the sums of squares start from. Defaults to 0. */
  initialAccumulatorValue?: number
  /** Defaults to 1e-10. */
  eps?: number
}

type AdagradHyper = Required<AdagradOptions> & OptimizerHyper

const defaults: AdagradHyper = {
  lr: 0.01,
  lrDecay: 0,
  weightDecay: 0,
  initialAccumulatorValue: 0,
  eps: 1e-10,
}
const ranges = {
  lr: notNegative,
  lrDecay: notNegative,
  weightDecay: notNegative,
  initialAccumulatorValue: notNegative,
  eps: notNegative,
}

/** Optimizes by Adagrad, with PyTorch's formulas and defaults. */
export class Adagrad extends Optimizer<AdagradHyper> {
  readonly name = 'Adagrad'
  readonly slotNames = ['sum']

  constructor(options: AdagradOptions = {}) {
    super(checkOptions('Adagrad', defaults, ranges, options))
  }

  get momentum(): undefined {
    return undefined
  }

  set momentum(_value: undefined) {}

  protected override initialValue(): number {
    return this.hyper.initialAccumulatorValue
  }

  protected update({ parameter, gradient, slots, gradientScale }: UpdateInput): void {
    updateAdagrad({
      parameter,
      gradient,
      gradientScale,
      sum: slots.sum!,
      step: this.t,
      learningRate: this.learningRate,
      learningRateDecay: this.hyper.lrDecay,
      epsilon: this.hyper.eps,
      weightDecay: this.hyper.weightDecay,
    })
  }
}
