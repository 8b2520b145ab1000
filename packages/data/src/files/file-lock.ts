import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DataError, messageOf } from '../errors/data-error.js'

const heartbeatMs = 2_000
const staleMs = 30_000
const pollMs = 100

/**
 * Runs work while holding a lock file, so that two processes do not do it at once; the second waits.
 * A lock whose process is gone, or that nobody has touched for half a minute, is taken over.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const owner = await acquire(path, signal)
  const heartbeat = setInterval(() => {
    const now = new Date()
    void utimes(path, now, now).catch(() => undefined)
  }, heartbeatMs)
  heartbeat.unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    if ((await readOwner(path)) === owner) await rm(path, { force: true })
  }
}

let acquired = 0

async function acquire(path: string, signal?: AbortSignal): Promise<string> {
  const owner = JSON.stringify({ pid: process.pid, host: hostname(), lock: (acquired += 1) })
  let tookOver = false
  for (;;) {
    signal?.throwIfAborted()
    try {
      await mkdir(dirname(path), { recursive: true })
      const file = await open(path, 'wx')
      try {
        await file.writeFile(owner)
      } finally {
        await file.close()
      }
      // Two waiters may have found the same dead lock: the one whose file was replaced waits on.
      if (tookOver) await sleep(pollMs)
      if (!tookOver || (await readOwner(path)) === owner) return owner
      tookOver = false
      continue
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new DataError(
          'disk',
          `Data folder: expected to write ${dirname(path)}, received ${messageOf(error)}. ` +
            'Name a folder that can be written with DUCTUS_DATA_DIR.',
          { cause: error },
        )
      }
    }
    tookOver = await isStale(path)
    if (tookOver) await rm(path, { force: true })
    else await sleep(pollMs, undefined, signal === undefined ? {} : { signal })
  }
}

async function readOwner(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path)
    const text = await readFile(path, 'utf8')
    if (Date.now() - mtimeMs > staleMs) return true
    if (text === '') return false
    const owner = JSON.parse(text) as { pid: number; host: string }
    return owner.host === hostname() && !isAlive(owner.pid)
  } catch (error) {
    return error instanceof SyntaxError
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
