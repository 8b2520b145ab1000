import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')
const folder = resolve(process.env.DUCTUS_DATASETS ?? join(root, '../shared/datasets'))

/** Folder of real data sets, or undefined where there is none. */
export const datasets: string | undefined = existsSync(folder) ? folder : undefined

if (datasets === undefined) {
  process.stderr.write(
    `Skipped: no data sets in ${folder}. Name their folder by DUCTUS_DATASETS.\n`,
  )
}
