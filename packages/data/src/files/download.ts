import { rename, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DataError, messageOf } from '../errors/data-error.js'
import { hashFile } from './checksum.js'
import type { DataContext } from './data-context.js'
import type { DatasetFile } from './dataset-metadata.js'
import { AttemptError, attemptDownload, DiskError } from './download-attempt.js'
import { withFileLock } from './file-lock.js'

/**
 * Fetches a file from the first URL that has it whole: streamed to `<path>.part`, gone on with after a cut,
 * tried again with growing waits, checked by size and checksum, then renamed. Where another process is at
 * it, waits for that one. Throws a `download-failed` error with a line for each URL.
 */
export async function download(
  file: DatasetFile,
  path: string,
  urls: readonly string[],
  context: DataContext = {},
): Promise<void> {
  const locked = async (): Promise<void> => {
    if (await isWhole(path, file)) return
    const failures: string[] = []
    for (const url of urls) {
      const failure = await fromOneUrl(url, file, `${path}.part`, context)
      if (failure === undefined) return rename(`${path}.part`, path)
      failures.push(`${placeOf(url)}: ${failure}`)
    }
    throw new DataError('download-failed', `${file.name} from ${failures.join('; ')}`)
  }
  await withFileLock(`${path}.lock`, locked, context.signal)
}

/** Checks that a file is there with the right bytes. */
export async function isWhole(path: string, file: DatasetFile): Promise<boolean> {
  try {
    return (await hashFile(path, file.checksum.algorithm)) === file.checksum.hex
  } catch {
    return false
  }
}

/** Shortens an address for messages, without its credentials: the host, or the path of a file on disk. */
export function placeOf(url: string): string {
  const { protocol, host } = new URL(url)
  return protocol === 'file:' ? fileURLToPath(url) : host
}

async function fromOneUrl(
  url: string,
  file: DatasetFile,
  part: string,
  context: DataContext,
): Promise<string | undefined> {
  const { tries = 4, backoffMs = 500, timeoutMs = 30_000 } = context.download ?? {}
  const { signal, reporter } = context
  const onProgress = (done: number): void => {
    reporter?.progress?.({ task: file.name, done, total: file.sizeBytes, unit: 'bytes' })
  }
  for (let tried = 1; ; tried++) {
    try {
      await attemptDownload(url, file, part, {
        timeoutMs,
        onProgress,
        ...(signal === undefined ? {} : { signal }),
      })
      return undefined
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof DiskError) throw await diskError(error, part)
      if (!(error instanceof AttemptError)) throw error
      if (!error.again || tried >= tries) return error.message
      const waitMs = Math.max(error.waitMs, backoffMs * 2 ** (tried - 1))
      reporter?.warn?.(`${file.name}: ${error.message}. Trying again in ${waitMs / 1000} s.`)
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
    }
  }
}

async function diskError(error: DiskError, part: string): Promise<DataError> {
  await rm(part, { force: true }).catch(() => undefined)
  return new DataError(
    'disk',
    `${part}: expected to write it, received ${messageOf(error)}. ` +
      'Make room, or name another folder with DUCTUS_DATA_DIR.',
    { cause: error },
  )
}
