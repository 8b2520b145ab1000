import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { TrainingError } from '../training-error.js'

/**
 * Says which file could not be written, and why; of a full disk how much room is missing and what to do.
 *
 * @param path the file, by its last name
 * @param sizes bytes of all files that were to be written together
 */
export function diskError(path: string, cause: unknown, ...sizes: number[]): TrainingError {
  if (cause instanceof TrainingError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') {
    const fix = 'See to its folder, or give another rootDir.'
    return failure(`${path}: expected to write it, received ${message}. ${fix}`, cause)
  }
  const { bavail, bsize } = disk(dirname(path))
  const [free, needed] = [bavail * bsize, inBlocks(sizes, bsize)]
  const received =
    free < needed
      ? `${inWords(free)} on a full disk: ${inWords(needed - free)} are missing`
      : `${code}, a quota or a disk that was full a moment ago`
  const fix = 'Free some room, then resume the run; or give another rootDir.'
  return failure(
    `${path}: expected room for ${inWords(needed)}, received ${received}. ${fix}`,
    cause,
  )
}

function failure(message: string, cause: unknown): TrainingError {
  return new TrainingError('FILE_SYSTEM', message, { cause })
}

/** A file takes whole blocks of a disk. */
function inBlocks(sizes: readonly number[], block: number): number {
  return sizes.reduce((sum, size) => sum + Math.ceil(size / block) * block, 0)
}

function disk(folder: string): { bavail: number; bsize: number } {
  try {
    return statfsSync(folder)
  } catch {
    return { bavail: 0, bsize: 1 }
  }
}

function inWords(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
