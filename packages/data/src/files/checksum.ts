import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Computes the SHA-256 of a file, streamed. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
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
