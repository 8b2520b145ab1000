import { updateSgd } from '@ductus/backend'
import { belowOne, checkOptions, notNegative, yesOrNo } from '../check-options.js'
import { Optimizer, type OptimizerHyper, type UpdateInput } from './optimizer.js'
import { TrainingError } from '../training-error.js'

/** Options of `SGD`, with PyTorch's defaults. */
export interface SGDOptions {
  /** Learning rate. Defaults to 1e-3. */
  lr?: number
  /** Defaults to 0: none. */
  momentum?: number
  /** Defaults to 0. */
  dampening?: number
  /** An L2 penalty. Defaults to 0. */
  weightDecay?: number
  /** Whether to look ahead by the momentum. Defaults to false. */
  nesterov?: boolean
}

type SGDHyper = Required<SGDOptions> & OptimizerHyper

const defaults: SGDHyper = { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false }
const ranges = {
  lr: notNegative,
  momentum: belowOne,
  dampening: belowOne,
  weightDecay: notNegative,
  nesterov: yesOrNo,
}

/** Optimizes by stochastic gradient descent, with PyTorch's formulas for momentum and Nesterov's. */
export class SGD extends Optimizer<SGDHyper> {
  readonly name = 'SGD'
  readonly slotNames: readonly string[]
  #momentum: number

  constructor(options: SGDOptions = {}) {
    super(checkOptions('SGD', defaults, ranges, options))
    const { momentum, nesterov, dampening } = this.hyper
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new TrainingError(
        'INVALID_OPTION',
        `SGD: expected momentum above 0 and no dampening with nesterov, received momentum ${momentum} and ` +
          `dampening ${dampening}. Give { momentum: 0.9, nesterov: true }.`,
      )
    }
    this.#momentum = momentum
    this.slotNames = momentum === 0 ? [] : ['momentum_buffer']
  }

  get momentum(): number | undefined {
    return this.hyper.momentum === 0 ? undefined : this.#momentum
  }

  set momentum(value: number | undefined) {
    if (value !== undefined) this.#momentum = value
  }

  protected update({ parameter, gradient, slots, first, gradientScale }: UpdateInput): void {
    updateSgd({
      parameter,
      gradient,
      gradientScale,
      momentumBuffer: slots.momentum_buffer,
      momentum: this.#momentum,
      first,
      learningRate: this.learningRate,
      dampening: this.hyper.dampening,
      weightDecay: this.hyper.weightDecay,
      nesterov: this.hyper.nesterov,
    })
  }
}
