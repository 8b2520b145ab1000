import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { diskError } from './disk-error.js'

/**
 * Appends to a file whole or not at all: what a full disk cuts off is taken away again.
 *
 * @throws TrainingError `FILE_SYSTEM` naming the file, and how much room is missing
 */
export function appendWhole(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  try {
    const file = openSync(path, 'a')
    try {
      appendAll(file, bytes)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw diskError(path, cause, bytes.byteLength)
  }
}

function appendAll(file: number, bytes: Uint8Array): void {
  const { size } = fstatSync(file)
  try {
    for (let at = 0; at < bytes.byteLength;) at += writeSync(file, bytes, at)
  } catch (error) {
    ftruncateSync(file, size)
    throw error
  }
}

/**
 * Puts a file in the place of what was there, whole or not at all: under a temporary name beside it, then renamed.
 *
 * @throws TrainingError `FILE_SYSTEM` naming the file, and how much room is missing
 */
export function replaceWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`
  try {
    writeFileSync(temporary, content)
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw diskError(path, cause, Buffer.byteLength(content))
  }
}
