// What the walk-throughs that train share: a callback that keeps losses and weights, as the course's histories.
import { namedWeights } from '@ductus/backend'
import type { Callback } from '@ductus/training'
import type { ParameterHistory } from '@ductus/viz'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** Keeps the loss and all parameters at steps 0, n, 2n, … */
export class Recorder implements Callback {
  readonly name = 'Recorder'
  readonly steps: number[] = []
  readonly losses: number[] = []
  readonly parameters = new Map<string, Float32Array[]>()
  #done = 0
  readonly #model: LayersModel
  readonly #everyNSteps: number

  constructor(model: LayersModel, everyNSteps: number) {
    this.#model = model
    this.#everyNSteps = everyNSteps
  }

  async onTrainBatchEnd(
    _context: unknown,
    { metrics }: { metrics: Readonly<Record<string, number>> },
  ) {
    const step = this.#done++
    if (step % this.#everyNSteps !== 0) return
    this.steps.push(step)
    this.losses.push(metrics['train/loss'] ?? Number.NaN)
    for (const { name, variable } of namedWeights(this.#model)) {
      const list = this.parameters.get(name) ?? []
      list.push((await variable.data()) as Float32Array)
      this.parameters.set(name, list)
    }
  }

  /** Gives the histories of each layer that has weights. */
  layers(): { layer: string; weights: ParameterHistory; biases?: ParameterHistory }[] {
    return [...this.parameters].flatMap(([name, values]) => {
      const [layer, kind] = [name.replace(/\/[^/]*$/, ''), name.replace(/^.*\//, '')]
      if (kind === 'bias') return []
      const bias = this.parameters.get(`${layer}/bias`)
      return [
        {
          layer,
          weights: { name, steps: this.steps, values },
          ...(bias ? { biases: { name: `${layer}/bias`, steps: this.steps, values: bias } } : {}),
        },
      ]
    })
  }
}
