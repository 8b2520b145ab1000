import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TrainingError } from '../training-error.js'
import { parameterHistoryFormat, type ParameterHistoryIndex } from './parameter-history-format.js'

/** How one weight went: its values at each recorded step, or their counts in bins. */
export type RecordedParameter =
  | { name: string; steps: number[]; values: Float32Array[] }
  | { name: string; steps: number[]; counts: Float32Array[]; edges: number[] }

/**
 * Reads what `ParameterHistory` wrote; undefined for a run without it. A record that is not whole is left out.
 *
 * @throws TrainingError `CHECKPOINT_FOREIGN` for another format or version
 */
export async function readParameterHistory(
  runDir: string,
): Promise<RecordedParameter[] | undefined> {
  const folder = join(runDir, 'parameter-history')
  if (!existsSync(join(folder, 'index.json'))) return undefined
  const index = JSON.parse(
    await readFile(join(folder, 'index.json'), 'utf8'),
  ) as ParameterHistoryIndex
  const { format, version } = parameterHistoryFormat
  if (index.format !== format || index.version !== version) {
    throw new TrainingError(
      'CHECKPOINT_FOREIGN',
      `${folder}: expected ${format} ${version}, received ${index.format} ${index.version}. ` +
        'Read it with the version of Ductus that wrote it.',
    )
  }
  const values = new Float32Array(
    Uint8Array.from(await readFile(join(folder, 'values.bin'))).buffer,
  )
  const recordLength = index.tensors.reduce((total, { length }) => total + length, 0)
  const records = Math.floor(values.length / recordLength)
  const steps = Array.from({ length: records }, (_, i) => index.firstStep + i * index.everyNSteps)
  let offset = 0
  return index.tensors.map(({ name, length }) => {
    const rows = steps.map((_, i) =>
      values.subarray(i * recordLength + offset, i * recordLength + offset + length),
    )
    offset += length
    if (!index.histogram) return { name, steps, values: rows }
    const { bins, low, high } = index.histogram
    const edges = Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins)
    return { name, steps, counts: rows, edges }
  })
}
