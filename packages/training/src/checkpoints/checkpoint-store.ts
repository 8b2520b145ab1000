import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { plainName } from '../files/plain-name.js'
import { readSealedJson, toSealedJson } from '../files/sealed-json.js'
import {
  removeLeftovers,
  writeFileWhole,
  writeFolder,
  type FolderFiles,
} from '../files/write-folder.js'

/** The names under which a run's checkpoints are found. */
export type CheckpointAlias = 'best' | 'last'

/** What a checkpoint is called that is kept as `last` alone. */
const lastName = /^last-epoch=\d+-batch=\d+(-validation=\d+\.\d+)?$/

/** Name and version of `best.json` and `last.json`. */
export const pointerFormat = { format: 'ductus-checkpoint-pointer', version: 2 } as const

/**
 * Keeps the checkpoints of one run: `<runDir>/checkpoints/<name>/`, with `best.json` and `last.json` that say which of
 * them is which. Everything is written whole or not at all.
 */
export class CheckpointStore {
  readonly folder: string

  constructor(runDir: string) {
    this.folder = resolve(runDir, 'checkpoints')
  }

  /** @throws TrainingError `CHECKPOINT_DAMAGED` for a name that leads out of the folder */
  path(name: string): string {
    return join(this.folder, plainName(name, `${this.folder}: name of a checkpoint`))
  }

  async write(name: string, files: FolderFiles): Promise<string> {
    await writeFolder(this.path(name), files)
    return this.path(name)
  }

  /** Removes a checkpoint; of a link the link alone. */
  async remove(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true, force: true })
  }

  /** Points `best` or `last` at a checkpoint. */
  async point(alias: CheckpointAlias, name: string): Promise<void> {
    const pointer = toSealedJson({ ...pointerFormat, checkpoint: name })
    await writeFileWhole(this.#pointer(alias), pointer)
  }

  /**
   * Name of the checkpoint that `best` or `last` points at, undefined where there is no such pointer.
   *
   * @throws TrainingError naming the file: `CHECKPOINT_FOREIGN` or `CHECKPOINT_DAMAGED` for one that is empty, of another
   *   format or version, changed, or names no plain folder
   */
  async named(alias: CheckpointAlias): Promise<string | undefined> {
    const path = this.#pointer(alias)
    const pointer = await readSealedJson(path, pointerFormat)
    return pointer && plainName(pointer.checkpoint, `${path}: checkpoint`)
  }

  /** Removes what a killed process left half-written. */
  async tidyUp(): Promise<void> {
    await removeLeftovers(this.folder)
  }

  /** Removes places where `last` has been, or was about to be, that a killed process left. */
  async removeOldLasts(keep: ReadonlySet<string | undefined>): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (lastName.test(name) && !keep.has(name)) await this.remove(name)
    }
  }

  #pointer(alias: CheckpointAlias): string {
    return join(this.folder, `${alias}.json`)
  }
}
