import { join } from 'node:path'
import { z } from 'zod'
import { readSealedJson } from '../files/sealed-json.js'
import { anyRecord, assertState } from '../files/state-schema.js'
import { hparamsFormat } from './hparams.js'

const parts = z.looseObject({
  name: z.string(),
  seed: z.number(),
  trainer: anyRecord,
  module: anyRecord,
  models: anyRecord,
  data: anyRecord.nullable(),
  hparams: anyRecord,
  software: anyRecord,
})

/** What a run was asked to do: the fields of its `hparams.json`, in docs/run-format.md. */
export type RunHparams = z.infer<typeof parts>

/**
 * Reads what a run was asked to do; undefined for a folder without `hparams.json`.
 *
 * @throws TrainingError naming the file: `CHECKPOINT_FOREIGN` for another format or version, `CHECKPOINT_DAMAGED` for one
 *   that is empty, cut or changed since it was written
 */
export async function readHparams(runDir: string): Promise<RunHparams | undefined> {
  const path = join(runDir, 'hparams.json')
  const content = await readSealedJson(path, hparamsFormat)
  if (content) assertState(parts, content, path)
  return content as RunHparams | undefined
}
