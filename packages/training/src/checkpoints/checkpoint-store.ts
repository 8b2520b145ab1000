import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  removeLeftovers,
  writeFileWhole,
  writeFolder,
  type FolderFiles,
} from '../files/write-folder.js'

/** The names under which a run's checkpoints are found. */
export type CheckpointAlias = 'best' | 'last'

/**
 * Keeps the checkpoints of one run: `<runDir>/checkpoints/<name>/`, with `best.json` and `last.json` that say which of
 * them is which. Everything is written whole or not at all.
 */
export class CheckpointStore {
  readonly folder: string

  constructor(runDir: string) {
    this.folder = resolve(runDir, 'checkpoints')
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  async write(name: string, files: FolderFiles): Promise<string> {
    await writeFolder(this.path(name), files)
    return this.path(name)
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true, force: true })
  }

  /** Points `best` or `last` at a checkpoint. */
  async point(alias: CheckpointAlias, name: string): Promise<void> {
    const pointer = { format: 'ductus-checkpoint-pointer', version: 1, checkpoint: name }
    await writeFileWhole(join(this.folder, `${alias}.json`), `${JSON.stringify(pointer)}\n`)
  }

  /** Name of the checkpoint that `best` or `last` points at, undefined where there is none. */
  async named(alias: CheckpointAlias): Promise<string | undefined> {
    const text = await readFile(join(this.folder, `${alias}.json`), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const { checkpoint } = JSON.parse(text) as { checkpoint?: unknown }
    return typeof checkpoint === 'string' ? checkpoint : undefined
  }

  /** Removes what a killed process left half-written. */
  async tidyUp(): Promise<void> {
    await removeLeftovers(this.folder)
  }
}
