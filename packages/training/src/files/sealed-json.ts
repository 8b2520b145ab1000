import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { TrainingError } from '../training-error.js'
import { fromExactJson, toExactJson } from './exact-json.js'

/** Name and version of a file's format. */
export interface FileFormat {
  readonly format: string
  readonly version: number
}

/** What the last lines of a sealed file look like. */
const seal = /,\n {2}"sha256": "([0-9a-f]{64})"\n\}\n$/

/**
 * Writes JSON whose last field, `sha256`, is the hash of every byte before that field: one bit changed anywhere in the
 * file is found when it is read.
 *
 * @param content at least one field; numbers that are not finite are kept
 */
export function toSealedJson(content: object): string {
  const body = toExactJson(content).slice(0, -'\n}\n'.length)
  return `${body},\n  "sha256": "${sha256(body)}"\n}\n`
}

/**
 * Reads a file that `toSealedJson` wrote, and checks that it is of this format and version, and unchanged.
 *
 * @returns its fields without `sha256`; undefined where there is no such file
 * @throws TrainingError naming the file: `CHECKPOINT_FOREIGN` for another format or version, `CHECKPOINT_DAMAGED` for
 *   one that is empty, cut or changed, `FILE_SYSTEM` where it cannot be read
 */
export async function readSealedJson(
  path: string,
  expected: FileFormat,
): Promise<Record<string, unknown> | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TrainingError(
      'FILE_SYSTEM',
      `${path}: expected a file to read, received ${reason}.`,
      {
        cause,
      },
    )
  }
  return parseSealedJson(bytes, path, expected)
}

/** Checks and parses the bytes of a sealed file; see `readSealedJson`. */
export function parseSealedJson(
  bytes: Uint8Array,
  path: string,
  expected: FileFormat,
): Record<string, unknown> {
  const { text, content } = parsed(bytes, path)
  const { format, version } = content
  if (format !== expected.format) throw foreign(path, `format "${expected.format}"`, format)
  if (version !== expected.version) {
    throw foreign(path, `version ${expected.version} of ${expected.format}`, version)
  }
  const end = seal.exec(text)
  if (!end) throw damaged(path, 'its sha256 as the last field, received none')
  const found = sha256(text.slice(0, end.index))
  if (found !== end[1]) throw damaged(path, `content with sha256 ${end[1]}, received ${found}`)
  delete content.sha256
  return content
}

function parsed(bytes: Uint8Array, path: string) {
  if (bytes.byteLength === 0) throw damaged(path, 'JSON, received an empty file')
  try {
    // Bytes that are no UTF-8 would else be read as if they were something.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const content = fromExactJson(text)
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
      return { text, content: content as Record<string, unknown> }
    }
  } catch (cause) {
    throw damaged(path, 'JSON, received something else', cause)
  }
  throw damaged(path, 'a JSON object, received something else')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function foreign(path: string, expected: string, received: unknown): TrainingError {
  const fix =
    typeof received === 'number'
      ? 'Read it with the version of Ductus that wrote it.'
      : 'It was not written by Ductus, or it is damaged.'
  const found = JSON.stringify(received) ?? 'none'
  return new TrainingError(
    'CHECKPOINT_FOREIGN',
    `${path}: expected ${expected}, received ${found}. ${fix}`,
  )
}

function damaged(path: string, what: string, cause?: unknown): TrainingError {
  return new TrainingError('CHECKPOINT_DAMAGED', `${path}: expected ${what}. It is damaged.`, {
    cause,
  })
}
