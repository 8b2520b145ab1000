import type { Batch } from '@ductus/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { layerStatistics, type LayerMeasure } from '../callbacks/layer-statistics.js'
import type { LitModule } from '../modules/lit-module.js'

/** The layer with the largest share of units that gave nothing above 0 for any sample. */
export interface DeadLayer {
  layer: string
  /** 0 to 1. */
  share: number
  samples: number
}

/** Samples to measure by: enough that a unit for a rare feature shows, few enough that one pass costs next to nothing. */
const most = { samples: 256, values: 2 ** 18 }
/** Too few to judge by; large inputs have many places each. */
const fewest = { samples: 64, values: 2 ** 17 }

/** A share of dead units, by few samples, that is looked at by all: no smaller one counts. */
const worthMore = 0.5

/** Keeps the first samples of a process's training batches, for one pass after it. */
export class SampleKeeper {
  readonly #parts: Float32Array[] = []
  #shape: readonly number[] = []
  #samples = 0
  #full = false

  add({ x, xShape, size }: Batch): void {
    if (this.#full || size === 0) return
    const each = x.length / size
    const room = Math.min(most.samples, Math.max(1, Math.floor(most.values / each))) - this.#samples
    const taken = Math.min(size, room)
    this.#shape = xShape.slice(1)
    // A loader may use its arrays again.
    this.#parts.push(x.slice(0, taken * each))
    this.#samples += taken
    this.#full = taken === room
  }

  /** The samples as one batch; undefined where there are none. */
  batch(): Batch | undefined {
    if (this.#samples === 0) return undefined
    const x = new Float32Array(this.#parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of this.#parts) {
      x.set(part, at)
      at += part.length
    }
    const size = this.#samples
    return { x, xShape: [size, ...this.#shape], y: new Int32Array(size), yShape: [size], size }
  }
}

/**
 * Measures which of the ReLU layers of a module's first model has the largest share of dead units.
 *
 * @returns undefined for a model without such layers, one that takes other inputs, or too few samples
 */
export async function deadestLayer(
  module: LitModule,
  batch: Batch | undefined,
): Promise<DeadLayer | undefined> {
  const model = Object.values(module.models)[0]
  if (!model || !batch || !takes(model, batch)) return undefined
  const layers = reluLayers(model)
  if (layers.length === 0) return undefined
  const measure = layerStatistics(model, layers)
  const few = await deadestOf(measure, firstOf(batch, fewest.samples))
  // More samples can only wake units.
  return few.share < worthMore ? few : deadestOf(measure, batch)
}

async function deadestOf(measure: LayerMeasure, batch: Batch): Promise<DeadLayer> {
  const found = await measure(batch)
  const deadest = found.reduce((most, each) => (each.deadShare > most.deadShare ? each : most))
  return { layer: deadest.layer, share: deadest.deadShare, samples: batch.size }
}

function firstOf(batch: Batch, samples: number): Batch {
  if (batch.size <= samples) return batch
  const x = batch.x.subarray(0, (batch.x.length / batch.size) * samples)
  const xShape = [samples, ...batch.xShape.slice(1)]
  return { x, xShape, y: new Int32Array(samples), yShape: [samples], size: samples }
}

function takes(model: LayersModel, { x, xShape, size }: Batch): boolean {
  const shape = model.inputs[0]!.shape
  if (model.inputs.length !== 1 || shape.length !== xShape.length) return false
  if (!shape.every((length, i) => i === 0 || length === null || length === xShape[i])) return false
  return size >= fewest.samples || x.length >= fewest.values
}

function reluLayers({ layers }: LayersModel): string[] {
  const own = layers.filter((layer) => {
    if (layer.inboundNodes.length !== 1 || Array.isArray(layer.output)) return false
    const { activation } = layer.getConfig()
    return (
      /^relu6?$/i.test(layer.getClassName()) ||
      (typeof activation === 'string' && /^relu6?$/.test(activation))
    )
  })
  return own.map(({ name }) => name)
}
