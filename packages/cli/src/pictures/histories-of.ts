import type { ParameterHistory } from '@ductus/viz'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { storedModel } from '../checkpoints/restore-model.js'
import { failure } from '../errors/cli-error.js'

/** The histories of a layer's weights and biases. */
export interface LayerHistory {
  layer: string
  weights: ParameterHistory
  biases?: ParameterHistory
}

/** Reads how parameters went over training: as ParameterHistory recorded it, or else from the saved checkpoints. */
export async function historiesOf(
  folder: string,
): Promise<{ layers: LayerHistory[]; source: 'history' | 'checkpoints' }> {
  const recorded = await recordedHistories(folder)
  if (recorded.length > 0) return { layers: recorded, source: 'history' }
  return { layers: await fromCheckpoints(folder), source: 'checkpoints' }
}

/** Reads what ParameterHistory recorded; empty where it recorded nothing. */
export async function recordedHistories(folder: string): Promise<LayerHistory[]> {
  const { readParameterHistory } = await import('@ductus/training')
  const recorded = await readParameterHistory(folder)
  return recorded?.[0] && recorded[0].steps.length > 0 ? byLayer(recorded) : []
}

function byLayer(parameters: readonly ParameterHistory[]): LayerHistory[] {
  return parameters
    .filter(({ name }) => /\/(weight|kernel)$/.test(name))
    .map((weights) => {
      const layer = weights.name.replace(/\/[^/]*$/, '')
      const biases = parameters.find(({ name }) => name === `${layer}/bias`)
      return { layer, weights, ...(biases ? { biases } : {}) }
    })
}

/** Takes one record a saved checkpoint, by step. */
async function fromCheckpoints(folder: string): Promise<LayerHistory[]> {
  const { readCheckpoint } = await import('@ductus/training')
  const place = join(folder, 'checkpoints')
  const entries = existsSync(place) ? await readdir(place, { withFileTypes: true }) : []
  const records = new Map<number, Map<string, Float32Array>>()
  for (const entry of entries) {
    if (!entry.isDirectory() || !existsSync(join(place, entry.name, 'checkpoint.json'))) continue
    const checkpoint = await readCheckpoint(join(place, entry.name))
    const { key, stored } = storedModel(checkpoint)
    const bytes = checkpoint.files.get(`${key}/weights.bin`)
    if (!bytes) continue
    const tensors = new Map<string, Float32Array>()
    for (const { name, dtype, offset, length } of stored.weights) {
      if (dtype !== 'float32') continue
      tensors.set(
        name,
        new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + length)).buffer),
      )
    }
    records.set(checkpoint.manifest.loop.step, tensors)
  }
  const steps = [...records.keys()].sort((a, b) => a - b)
  if (steps.length === 0) {
    throw failure(`The run "${folder}" has no checkpoint. Train with checkpoints first.`)
  }
  const values = (name: string) => steps.flatMap((step) => records.get(step)?.get(name) ?? [])
  const names = [...(records.get(steps[0] ?? 0)?.keys() ?? [])]
  return byLayer(names.map((name) => ({ name, steps, values: values(name) })))
}

/** Chooses bins as the course does: 20, and 100 for a layer of many weights. */
export function binsFor({ weights }: LayerHistory): number {
  const count = 'values' in weights ? (weights.values[0]?.length ?? 0) : 0
  return count > 10_000 ? 100 : 20
}
