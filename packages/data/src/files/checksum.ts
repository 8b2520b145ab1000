import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Holds what a file's bytes have to hash to. */
export interface Checksum {
  algorithm: 'sha256' | 'md5'
  hex: string
}

/** Computes the hash of a file, streamed. */
export async function hashFile(
  path: string,
  algorithm: Checksum['algorithm'],
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm)
  const options = { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) }
  for await (const chunk of createReadStream(path, options)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Gives a file's size, or undefined when there is no such file. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch {
    return undefined
  }
}
