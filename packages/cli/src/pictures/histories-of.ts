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

/** Reads how parameters went over training from a run's saved checkpoints: one record a checkpoint, by step. */
export async function historiesFromCheckpoints(folder: string): Promise<LayerHistory[]> {
  const { readCheckpoint } = await import('@ductus/training')
  const place = join(folder, 'checkpoints')
  const names = existsSync(place) ? await readdir(place, { withFileTypes: true }) : []
  const records = new Map<number, Map<string, Float32Array>>()
  for (const entry of names) {
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
  const all = [...(records.get(steps[0] ?? 0)?.keys() ?? [])]
  return all
    .filter((name) => /\/(weight|kernel)$/.test(name))
    .map((name) => {
      const layer = name.replace(/\/[^/]*$/, '')
      const bias = `${layer}/bias`
      return {
        layer,
        weights: { name, steps, values: values(name) },
        ...(all.includes(bias) ? { biases: { name: bias, steps, values: values(bias) } } : {}),
      }
    })
}
