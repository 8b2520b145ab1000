import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { messageOf } from '../errors/data-error.js'
import { fileSize } from './checksum.js'
import type { DatasetFile } from './dataset-metadata.js'
import { wrongStart } from './file-start.js'
import { openUrl, type UrlBody } from './open-url.js'
import { flush } from './flush.js'

/** Ends a try; says whether the same URL is worth another one. */
export class AttemptError extends Error {
  readonly again: boolean
  readonly waitMs: number

  constructor(message: string, again: boolean, options: { waitMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.again = again
    this.waitMs = options.waitMs ?? 0
  }
}

const plainWords: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host not found',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'no answer',
}

export interface AttemptOptions {
  timeoutMs: number
  signal?: AbortSignal
  onProgress: (doneBytes: number) => void
}

/**
 * Tries once to complete a `*.part` file from a URL, going on where it ends when the server can.
 * It returns when size and SHA-256 are right and the bytes are on the disk. What cannot be right is removed;
 * what was only cut off stays for the next try.
 */
export async function attemptDownload(
  url: string,
  file: DatasetFile,
  part: string,
  options: AttemptOptions,
): Promise<void> {
  let present = (await fileSize(part)) ?? 0
  if (present > file.sizeBytes) {
    await rm(part, { force: true })
    present = 0
  }
  if (present < file.sizeBytes) await receive(url, file, part, present, options)
  const found = await hashOf(part, file)
  const { algorithm, hex } = file.checksum
  if (found === hex) return
  await rm(part, { force: true })
  const reason = `expected ${algorithm === 'sha256' ? 'SHA-256' : 'MD5'} ${hex}, received ${found}`
  // A mended file may be spoilt by what an earlier server sent: the same URL deserves a clean try.
  throw new AttemptError(reason, present > 0)
}

async function receive(
  url: string,
  file: DatasetFile,
  part: string,
  present: number,
  options: AttemptOptions,
): Promise<void> {
  const answer = await openUrl(url, { ...options, start: present }).catch((error: unknown) => {
    options.signal?.throwIfAborted()
    const code = (error as NodeJS.ErrnoException).code ?? ''
    const hopeless = ['ENOENT', 'ENOTFOUND', 'ECONNREFUSED', 'EACCES', 'EISDIR'].includes(code)
    throw new AttemptError(plainWords[code] ?? messageOf(error), !hopeless, { cause: error })
  })
  try {
    await checkAnswer(answer, file, part)
    const handle = await openPart(part, answer.start > 0)
    try {
      await copyBody(answer, file, handle, options)
      await flush(handle)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof AttemptError && !error.again) await rm(part, { force: true })
    throw error
  } finally {
    answer.body.destroy()
  }
}

async function checkAnswer(answer: UrlBody, file: DatasetFile, part: string): Promise<void> {
  const { status } = answer
  if (status === 416) {
    await rm(part, { force: true })
    throw new AttemptError('HTTP 416: nothing to go on with', true)
  }
  if (status !== 200 && status !== 206) {
    const again = status >= 500 || status === 408 || status === 429
    const waitMs = Math.min(answer.retryAfterSeconds ?? 0, 60) * 1000
    throw new AttemptError(`HTTP ${status}`, again, { waitMs })
  }
  if (answer.start > 0 && answer.start !== ((await fileSize(part)) ?? 0)) {
    await rm(part, { force: true })
    throw new AttemptError(`a range that begins at ${answer.start}`, true)
  }
  if (answer.sizeBytes !== undefined && answer.sizeBytes !== file.sizeBytes) {
    const page = answer.contentType.includes('text/html') ? ' (an HTML page)' : ''
    throw new AttemptError(wrongSize(file, answer.sizeBytes) + page, false)
  }
}

async function openPart(part: string, goOn: boolean): Promise<FileHandle> {
  try {
    return await open(part, goOn ? 'a' : 'w')
  } catch (error) {
    throw new DiskError(error)
  }
}

async function copyBody(
  answer: UrlBody,
  file: DatasetFile,
  handle: FileHandle,
  options: AttemptOptions,
): Promise<void> {
  let done = answer.start
  const body = answer.body
  // A server that sends a byte now and then would never end: less than a byte per millisecond is no download.
  let lately = 0
  const watch = setInterval(() => {
    const said = lately === 0 ? 'silent' : 'slower than 1 kB per second'
    if (lately < options.timeoutMs) {
      body.destroy(new Error(`${said} for ${options.timeoutMs / 1000} s`))
    }
    lately = 0
  }, options.timeoutMs)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      lately += chunk.length
      options.signal?.throwIfAborted()
      if (done === 0) {
        const wrong = wrongStart(file.name, chunk, answer.contentType)
        if (wrong !== undefined) throw new AttemptError(wrong, false)
      }
      done += chunk.length
      if (done > file.sizeBytes) throw new AttemptError(wrongSize(file, 'more'), false)
      await write(handle, chunk)
      options.onProgress(done)
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof AttemptError || error instanceof DiskError) throw error
    throw new AttemptError(`cut off after ${done} bytes (${messageOf(error)})`, true, {
      cause: error,
    })
  } finally {
    clearInterval(watch)
  }
  if (done !== file.sizeBytes) throw new AttemptError(wrongSize(file, done), true)
}

async function write(handle: FileHandle, chunk: Buffer): Promise<void> {
  try {
    await handle.appendFile(chunk)
  } catch (error) {
    throw new DiskError(error)
  }
}

/** Marks that the disk, not a server, is at fault: no other try can help. */
export class DiskError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause })
  }
}

function wrongSize(file: DatasetFile, received: number | string): string {
  return `expected ${file.sizeBytes} bytes, received ${received}`
}

async function hashOf(part: string, file: DatasetFile): Promise<string> {
  const hash: Hash = createHash(file.checksum.algorithm)
  let first: Uint8Array | undefined
  for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20 })) {
    first ??= (chunk as Buffer).subarray(0, 512)
    hash.update(chunk as Buffer)
  }
  const wrong = first === undefined ? undefined : wrongStart(file.name, first)
  return wrong === undefined ? hash.digest('hex') : `that of ${wrong}`
}
