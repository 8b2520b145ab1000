import { updateAdam } from '@ductus/backend'
import { checkOptions, notNegative, twoBelowOne, yesOrNo } from '../check-options.js'
import { Optimizer, type OptimizerHyper, type UpdateInput } from './optimizer.js'

/** Options of `Adam` and `AdamW`, with PyTorch's defaults. */
export interface AdamOptions {
  /** Learning rate. Defaults to 1e-3. */
  lr?: number
  /** β1 and β2. Defaults to 0.9 and 0.999. */
  betas?: readonly [number, number]
  /** Defaults to 1e-8. */
  eps?: number
  /** Defaults to 0; AdamW's to 0.01. */
  weightDecay?: number
  /** Whether the greatest second moment so far counts. Defaults to false. */
  amsgrad?: boolean
}

type AdamHyper = Required<AdamOptions> & OptimizerHyper

const defaults: AdamHyper = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
}
const ranges = {
  lr: notNegative,
  betas: twoBelowOne,
  eps: notNegative,
  weightDecay: notNegative,
  amsgrad: yesOrNo,
}

/**
 * Optimizes by Adam, with PyTorch's formulas and defaults; `weightDecay` is an L2 penalty on the loss.
 *
 * @see Kingma, Ba: Adam, a method for stochastic optimization (2014)
 */
export class Adam extends Optimizer<AdamHyper> {
  readonly name: string = 'Adam'
  readonly slotNames: readonly string[]
  #beta1: number

  constructor(options: AdamOptions = {}) {
    super(checkOptions('Adam', defaults, ranges, options))
    this.#beta1 = this.hyper.betas[0]
    this.slotNames = adamSlots(this.hyper)
  }

  get momentum(): number {
    return this.#beta1
  }

  set momentum(value: number) {
    this.#beta1 = value
  }

  protected update(input: UpdateInput): void {
    adamStep(this, input, false)
  }
}

/**
 * Optimizes by AdamW: Adam whose weight decay shrinks the weights themselves. PyTorch's formulas and defaults.
 *
 * @see Loshchilov, Hutter: Decoupled weight decay regularization (2017)
 */
export class AdamW extends Optimizer<AdamHyper> {
  readonly name = 'AdamW'
  readonly slotNames: readonly string[]
  #beta1: number

  constructor(options: AdamOptions = {}) {
    super(checkOptions('AdamW', { ...defaults, weightDecay: 0.01 }, ranges, options))
    this.#beta1 = this.hyper.betas[0]
    this.slotNames = adamSlots(this.hyper)
  }

  get momentum(): number {
    return this.#beta1
  }

  set momentum(value: number) {
    this.#beta1 = value
  }

  protected update(input: UpdateInput): void {
    adamStep(this, input, true)
  }
}

function adamSlots({ amsgrad }: AdamHyper): string[] {
  return ['exp_avg', 'exp_avg_sq', ...(amsgrad ? ['max_exp_avg_sq'] : [])]
}

function adamStep(
  { hyper, learningRate, momentum, t }: Adam | AdamW,
  { parameter, gradient, slots, gradientScale }: UpdateInput,
  decoupled: boolean,
): void {
  updateAdam({
    parameter,
    gradient,
    gradientScale,
    expAvg: slots.exp_avg!,
    expAvgSq: slots.exp_avg_sq!,
    maxExpAvgSq: slots.max_exp_avg_sq,
    step: t,
    learningRate,
    beta1: momentum,
    beta2: hyper.betas[1],
    epsilon: hyper.eps,
    weightDecay: hyper.weightDecay,
    decoupled,
  })
}
