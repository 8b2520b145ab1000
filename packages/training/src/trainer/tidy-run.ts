import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CheckpointStore } from '../checkpoints/checkpoint-store.js'
import { lockName } from '../files/run-lock.js'

/** Temporary names of what is written whole in a run's folder. */
const temporary = /^(\.hparams\.json\.\d+\.tmp|[\w-]+\.(csv|jsonl|json)\.tmp|lr-sweep\.json\.part)$/
/** What may be of a process that looks at the lock right now is left for a minute. */
const lockLeftMs = 60_000

/** Removes what processes that were killed left half-written in a run's folder. Only for the holder of its lock. */
export async function tidyRun(runDir: string): Promise<void> {
  await new CheckpointStore(runDir).tidyUp()
  for (const name of await readdir(runDir)) {
    const path = join(runDir, name)
    const isOldLock =
      name.startsWith(`.${lockName}.`) && name.endsWith('.tmp') && (await ageMs(path)) > lockLeftMs
    if (temporary.test(name) || isOldLock) await rm(path, { force: true })
  }
}

async function ageMs(path: string): Promise<number> {
  return Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs
}
