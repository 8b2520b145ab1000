import type { Callback, LearningRateSweep } from '@ductus/training'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes the callback that keeps a sweep of the learning rate in the folder of the run that it was made for. */
export function keepSweep(sweep: LearningRateSweep): Callback {
  return {
    name: 'LearningRateSweep',
    async onFitStart({ runDir }) {
      if (runDir === undefined) return
      // JSON writes what is no number as null
      const content = { format: 'ductus-lr-sweep', version: 1, ...sweep }
      const path = join(runDir, 'lr-sweep.json')
      try {
        await writeFile(`${path}.part`, `${JSON.stringify(content)}\n`)
        await rename(`${path}.part`, path)
      } finally {
        await rm(`${path}.part`, { force: true })
      }
    },
  }
}
