import type { Batch } from '@ductus/data'
import { tidy } from '@tensorflow/tfjs-core'
import { StepLog, type LoggedMetric } from '../metrics/step-log.js'
import type { StepContext } from '../modules/step-context.js'
import { dividedLoss } from '../modules/step-loss.js'
import { tensorBatch } from '../modules/tensor-batch.js'
import type { RunContext } from './run-context.js'

/** Runs `validationStep` or `testStep` on one batch; its loss is logged as `<stage>/loss`. */
export class EvaluationStep {
  readonly #log = new StepLog()
  readonly #context: RunContext
  readonly #stage: 'validation' | 'test'

  constructor(context: RunContext, stage: 'validation' | 'test') {
    this.#context = context
    this.#stage = stage
  }

  async run(batch: Batch, index: number): Promise<LoggedMetric[]> {
    const { module, state, seed } = this.#context
    const context: StepContext = {
      stage: this.#stage,
      training: false,
      epoch: state.epoch,
      step: state.step,
      micro: 0,
      batchIndex: index,
      seed,
    }
    const step = this.#stage === 'test' ? 'testStep' : 'validationStep'
    module.connect(this.#log, batch.size)
    try {
      tidy(() => {
        const input = tensorBatch(batch, index)
        const loss = module[step](input, context)
        if (loss) this.#log.addLoss(`${this.#stage}/loss`, dividedLoss(loss, batch.size, step))
      })
    } catch (error) {
      this.#log.clear()
      throw error
    } finally {
      module.connect(undefined, 1)
    }
    return this.#log.take()
  }
}
