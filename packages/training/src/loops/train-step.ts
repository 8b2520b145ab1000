import { variableGrads } from '@ductus/backend'
import type { Batch } from '@ductus/data'
import {
  clipByValue,
  clone,
  keep,
  memory,
  mul,
  sqrt,
  square,
  sum,
  addN,
  tidy,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core'
import type { CallbackDispatcher } from '../callbacks/callback-dispatcher.js'
import { StepLog, type LoggedMetric } from '../metrics/step-log.js'
import type { StepContext, TensorBatch } from '../modules/step-context.js'
import { dividedLoss, type DividedLoss, type StepLoss } from '../modules/step-loss.js'
import { tensorBatch } from '../modules/tensor-batch.js'
import type { TrainedWeight } from '../optimizers/optimizer.js'
import { timed, type Profiler } from '../profiler/profiler.js'
import type { GradientClipping } from '../trainer/trainer-options.js'
import { suggestName } from '../nearest-name.js'
import { TrainingError } from '../training-error.js'
import { GradientAccumulator } from './gradient-accumulator.js'
import type { Optimization } from './optimization.js'
import type { RunContext } from './run-context.js'

/** What a training step came to. */
export interface StepResult {
  /** The batch's loss, 0 where its divisor is 0. */
  loss: number
  /** What the loss was divided by. */
  divisor: number
  metrics: LoggedMetric[]
  /** Whether a step was counted: false inside an accumulation group. */
  stepped: boolean
  /** Whether it updated weights: a step whose divisor is 0 does not. */
  updated: boolean
}

/** Options of `TrainStep`. */
export interface TrainStepOptions {
  accumulate: number
  clip: GradientClipping | undefined
  detectLeaks: boolean
}

/**
 * Trains on one batch: loss, gradients, optimizer. The tensors live in one tidy; the loss is read after it, without
 * blocking.
 */
export class TrainStep {
  readonly accumulator = new GradientAccumulator()
  readonly #log = new StepLog()
  readonly #context: RunContext
  readonly #optimization: Optimization
  readonly #dispatcher: CallbackDispatcher
  readonly #options: TrainStepOptions
  readonly #profiler: Profiler | undefined

  constructor(
    context: RunContext,
    optimization: Optimization,
    dispatcher: CallbackDispatcher,
    options: TrainStepOptions,
    profiler?: Profiler,
  ) {
    this.#context = context
    this.#optimization = optimization
    this.#dispatcher = dispatcher
    this.#options = options
    this.#profiler = profiler
  }

  /**
   * @param last whether the epoch ends here, and with it the accumulation group
   * @throws TrainingError `NON_FINITE_LOSS` naming the batch
   */
  async run(batch: Batch, index: number, last: boolean): Promise<StepResult> {
    const { state } = this.#context
    const { accumulate, detectLeaks } = this.#options
    const before = detectLeaks ? memory().numTensors : 0
    const profiler = this.#profiler
    profiler?.begin('step', 'other', state.step)
    const stepping = last || state.micro + 1 >= accumulate
    const pending = this.#compute(batch, index, stepping)
    if (pending.gradients) await this.#applyClipped(pending.weights, pending.gradients)
    profiler?.begin('wait for loss')
    const read = Promise.all([pending.loss.data(), this.#log.take()])
    const [values, metrics] = await read.finally(() => {
      pending.loss.dispose()
    })
    profiler?.end()
    const { divisor } = pending
    const loss = divisor === 0 ? 0 : values[0]!
    if (!Number.isFinite(loss)) throw nonFinite(loss, state.epoch, index, state.step)
    const total = state.microDivisor + divisor
    state.micro = stepping ? 0 : state.micro + 1
    state.microDivisor = stepping ? 0 : total
    if (stepping) state.step++
    if (detectLeaks) this.#assertNoLeak(before, index)
    profiler?.end()
    const updated = stepping && (total > 0 || this.#context.module.step !== undefined)
    return { loss, divisor, metrics, stepped: stepping, updated }
  }

  dispose(): void {
    this.#log.clear()
    this.accumulator.dispose()
  }

  /** The synchronous part. Gives gradients back only where a norm must be read before they are applied. */
  #compute(batch: Batch, index: number, stepping: boolean): Pending {
    const { module, state, seed } = this.#context
    const { clip } = this.#options
    const context: StepContext = {
      stage: 'train',
      training: true,
      epoch: state.epoch,
      step: state.step,
      micro: state.micro,
      batchIndex: index,
      seed,
    }
    this.#optimization.schedule(state.step, state.epoch)
    module.connect(this.#log, batch.size)
    try {
      let pending: Pending | undefined
      tidy(() => {
        const input = tensorBatch(batch, index)
        if (module.step) {
          pending = { ...this.#manualStep(input, context), weights: [], gradients: undefined }
          return
        }
        const weights = this.#weights()
        const { loss, divisor, gradients } = this.#gradients(weights, () =>
          dividedLoss(module.trainingStep(input, context), batch.size, 'trainingStep'),
        )
        pending = { loss: keep(loss), divisor, weights, gradients: undefined }
        const prepared = this.#prepared(weights, gradients, divisor, stepping)
        if (prepared && clip && 'norm' in clip) {
          pending.gradients = prepared.map((each) => each && keep(clone(each)))
        } else if (prepared) this.#apply(weights, prepared, 1)
      })
      return pending!
    } finally {
      module.connect(undefined, 1)
    }
  }

  /**
   * Gradients as the optimizer takes them, a norm's limit apart: the group's mean, each number limited. None inside a
   * group, and none where the group's divisor is 0.
   */
  #prepared(
    weights: readonly TrainedWeight[],
    gradients: (Tensor | null)[],
    divisor: number,
    stepping: boolean,
  ): (Tensor | null)[] | undefined {
    const { accumulate, clip } = this.#options
    const total = this.#context.state.microDivisor + divisor
    if (stepping && total === 0) return undefined
    if (accumulate === 1 && !(clip && 'value' in clip)) return gradients
    return timed(this.#profiler, 'gradients', () => {
      if (accumulate > 1) this.accumulator.add(weights, gradients, divisor)
      if (!stepping) return undefined
      const scale = 1 / total
      const means =
        accumulate > 1
          ? this.accumulator.sums(weights).map((sum) => sum && mul(sum, scale))
          : gradients
      if (!clip || 'norm' in clip) return means
      return means.map((each) => each && clipByValue(each, -clip.value, clip.value))
    })
  }

  /** Lets the module step its optimizers itself. */
  #manualStep(input: TensorBatch, context: StepContext): DividedLoss {
    const minimize = (name: string, compute: () => StepLoss): Scalar => {
      const { optimizer, weights } = this.#named(name)
      const training = weights.filter(({ weight }) => weight.variable.trainable)
      const { loss, divisor, gradients } = this.#gradients(training, () =>
        dividedLoss(compute(), input.size, 'minimize'),
      )
      if (divisor === 0) return loss
      this.#dispatcher.callNow('onBeforeOptimizerStep', this.#context, training, gradients)
      timed(this.#profiler, 'optimizer', () => {
        optimizer.step(training, gradients)
      })
      return loss
    }
    const given = this.#context.module.step!(input, { ...context, minimize })
    const { loss, divisor } = dividedLoss(given, input.size, 'step')
    return { loss: keep(loss), divisor }
  }

  #gradients(
    weights: readonly TrainedWeight[],
    compute: () => DividedLoss,
  ): DividedLoss & { gradients: (Tensor | null)[] } {
    if (weights.length === 0) {
      throw new TrainingError(
        'INVALID_OPTION',
        'Trainer.fit: expected at least one weight that trains, received none: every layer is frozen. ' +
          'Thaw one (layer.trainable = true), or freeze fewer.',
      )
    }
    const variables = weights.map(({ weight }) => weight.variable)
    const profiler = this.#profiler
    profiler?.begin('forward')
    let divisor = 0
    const { value, grads } = variableGrads(() => {
      const computed = compute()
      divisor = computed.divisor
      profiler?.next('backward')
      return computed.loss
    }, variables)
    profiler?.end()
    return { loss: value, divisor, gradients: variables.map(({ name }) => grads[name] ?? null) }
  }

  #named(name: string): Optimization['bound'][number] {
    const found = this.#optimization.bound.find((each) => each.name === name)
    if (found) return found
    const hint = suggestName(name, Object.keys(this.#optimization.optimizers))
    throw new TrainingError('UNKNOWN_NAME', `step: unknown optimizer "${name}". ${hint}`)
  }

  #apply(
    weights: readonly TrainedWeight[],
    gradients: readonly (Tensor | null)[],
    scale: number,
  ): void {
    this.#dispatcher.callNow('onBeforeOptimizerStep', this.#context, weights, gradients)
    this.#profiler?.begin('optimizer')
    for (const { optimizer, weights: own } of this.#optimization.bound) {
      optimizer.step(own, pick(own, weights, gradients), scale)
    }
    this.#profiler?.end()
    if (this.#options.accumulate > 1) this.accumulator.dispose()
  }

  /** Scales all gradients by one number, so that their norm together is at most the limit. */
  async #applyClipped(
    weights: readonly TrainedWeight[],
    gradients: readonly (Tensor | null)[],
  ): Promise<void> {
    const limit = (this.#options.clip as { norm: number }).norm
    this.#profiler?.begin('gradients')
    const squares = gradients.flatMap((each) => (each ? [each] : []))
    const norm = tidy(() => sqrt(addN(squares.map((each) => sum(square(each))))))
    const [value] = await norm.data()
    norm.dispose()
    this.#profiler?.end()
    // 1e-6 as PyTorch's clip_grad_norm_ has it.
    const scale = Math.min(1, limit / (value! + 1e-6))
    tidy(() => {
      this.#apply(weights, gradients, scale)
    })
    for (const gradient of gradients) gradient?.dispose()
  }

  /** The weights that train now: layers may be frozen and thawed as the run goes. */
  #weights(): TrainedWeight[] {
    const seen = new Set<string>()
    const found: TrainedWeight[] = []
    for (const { weights } of this.#optimization.bound) {
      for (const each of weights) {
        if (!each.weight.variable.trainable || seen.has(each.key)) continue
        seen.add(each.key)
        found.push(each)
      }
    }
    return found
  }

  #assertNoLeak(before: number, index: number): void {
    const { state } = this.#context
    // The first steps make the optimizer's slots.
    const left = memory().numTensors - before
    if (state.step <= 1 || left === 0) return
    throw new TrainingError(
      'NOT_SUPPORTED',
      `Trainer: expected batch ${index} of epoch ${state.epoch} to leave no tensors behind, received ${left}. ` +
        'Dispose of what the step or a callback keeps, or set detectLeaks: false.',
    )
  }
}

interface Pending extends DividedLoss {
  weights: readonly TrainedWeight[]
  gradients: (Tensor | null)[] | undefined
}

function pick(
  own: readonly TrainedWeight[],
  weights: readonly TrainedWeight[],
  gradients: readonly (Tensor | null)[],
): (Tensor | null)[] {
  if (own.length === weights.length && own[0] === weights[0]) return [...gradients]
  const byKey = new Map(weights.map(({ key }, i) => [key, gradients[i] ?? null]))
  return own.map(({ key }) => byKey.get(key) ?? null)
}

function nonFinite(loss: number, epoch: number, batch: number, step: number): TrainingError {
  return new TrainingError(
    'NON_FINITE_LOSS',
    `Trainer: expected a finite loss, received ${loss} in epoch ${epoch}, batch ${batch} (step ${step}). ` +
      'Lower the learning rate, clip gradients, or look for bad numbers in that batch.',
  )
}
