import { updateRmsprop } from '@ductus/backend'
import { belowOne, checkOptions, notNegative, yesOrNo } from '../check-options.js'
import { Optimizer, type OptimizerHyper, type UpdateInput } from './optimizer.js'

/** Options of `RMSprop`, with PyTorch's defaults. */
export interface RMSpropOptions {
  /** Learning rate. Defaults to 0.01. */
  lr?: number
  /** Smoothing of the mean square. Defaults to 0.99. */
  alpha?: number
  /** Defaults to 1e-8. */
  eps?: number
  /** An L2 penalty. Defaults to 0. */
  weightDecay?: number
  /** Defaults to 0: none. */
  momentum?: number
  /** Whether the mean gradient is taken off. Defaults to false. */
  centered?: boolean
}

type RMSpropHyper = Required<RMSpropOptions> & OptimizerHyper

const defaults: RMSpropHyper = {
  lr: 0.01,
  alpha: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  momentum: 0,
  centered: false,
}
const ranges = {
  lr: notNegative,
  alpha: belowOne,
  eps: notNegative,
  weightDecay: notNegative,
  momentum: belowOne,
  centered: yesOrNo,
}

/** Optimizes by RMSprop, with PyTorch's formulas and defaults. */
export class RMSprop extends Optimizer<RMSpropHyper> {
  readonly name = 'RMSprop'
  readonly slotNames: readonly string[]
  #momentum: number

  constructor(options: RMSpropOptions = {}) {
    super(checkOptions('RMSprop', defaults, ranges, options))
    const { momentum, centered } = this.hyper
    this.#momentum = momentum
    this.slotNames = [
      'square_avg',
      ...(centered ? ['grad_avg'] : []),
      ...(momentum > 0 ? ['momentum_buffer'] : []),
    ]
  }

  get momentum(): number | undefined {
    return this.hyper.momentum === 0 ? undefined : this.#momentum
  }

  set momentum(value: number | undefined) {
    if (value !== undefined) this.#momentum = value
  }

  protected update({ parameter, gradient, slots, gradientScale }: UpdateInput): void {
    updateRmsprop({
      parameter,
      gradient,
      gradientScale,
      squareAvg: slots.square_avg!,
      gradAvg: slots.grad_avg,
      momentumBuffer: slots.momentum_buffer,
      momentum: this.#momentum,
      learningRate: this.learningRate,
      alpha: this.hyper.alpha,
      epsilon: this.hyper.eps,
      weightDecay: this.hyper.weightDecay,
    })
  }
}
