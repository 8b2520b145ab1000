import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { TrainingError } from '../training-error.js'

/**
 * Checks that a folder that will be written to holds no symbolic link, at any depth: what is written, cut or removed in
 * it must not reach files elsewhere. The folder itself may be one.
 *
 * @throws TrainingError `FILE_SYSTEM` naming the link
 */
export async function assertNoLinks(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) throw await linked(path)
    if (!entry.isDirectory()) continue
    // Where the file system does not tell, Windows' junctions look like folders.
    if ((await lstat(path)).isSymbolicLink()) throw await linked(path)
    await assertNoLinks(path)
  }
}

async function linked(path: string): Promise<TrainingError> {
  const target = await readlink(path).catch(() => 'elsewhere')
  return new TrainingError(
    'FILE_SYSTEM',
    `${path}: expected a file or folder of the run's own, received a link to ${target}. ` +
      'Remove it; to keep runs on another disk, link the whole run folder, or give rootDir.',
  )
}
