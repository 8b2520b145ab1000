import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VizError } from '../viz-error.js'

const format = 'ductus-hparams'
const version = 2
/** The last field of the file: the hash of every byte before it. */
const seal = /,\n {2}"sha256": "([0-9a-f]{64})"\n\}\n$/

/**
 * Reads what a run was asked to do.
 *
 * @param folder the run's, with a `hparams.json`
 * @throws VizError `run` naming the file, for one that is empty, cut, changed, or of another format or version
 */
export async function readHparams(folder: string): Promise<Record<string, unknown>> {
  const path = join(folder, 'hparams.json')
  const text = await readFile(path, 'utf8')
  const content = parsed(path, text)
  if (content.format !== format || content.version !== version) {
    const { format: name = 'no format', version: number = 'none' } = content
    throw refused(
      `${format} ${version} in "${path}", received ${String(name)} ${String(number)}. ` +
        'Read it with the version of Ductus that wrote it.',
    )
  }
  const end = seal.exec(text)
  const found = createHash('sha256').update(text.slice(0, end?.index)).digest('hex')
  if (end?.[1] !== found) {
    throw refused(`"${path}" as it was written, received a changed one. The file is damaged.`)
  }
  delete content.sha256
  return content
}

function parsed(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
    throw new Error('it holds no object')
  } catch (cause) {
    throw refused(
      `JSON in "${path}", received ${text.length} characters that are not: ${(cause as Error).message}. ` +
        'The file is damaged or half-written.',
      cause,
    )
  }
}

function refused(what: string, cause?: unknown): VizError {
  return new VizError('run', `Run: expected ${what}`, cause)
}
