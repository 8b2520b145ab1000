import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DataError, messageOf } from '../errors/data-error.js'
import { emnistMapping, specialTokens } from '../emnist/characters.js'
import type { DataContext } from '../files/data-context.js'
import { decodeText } from '../files/decode-text.js'
import { obtainFiles } from '../files/obtain-files.js'
import { openZip } from '../formats/zip.js'
import { readBrown } from './brown-corpus.js'
import { cleanText, type UnknownCharacters } from './clean-text.js'

/** Bytes of a text file: what fits in memory several times over. */
const largestText = 500e6

/** Says which text sentences are drawn from. */
export interface TextChoice {
  /** Any text file in UTF-8, or UTF-16 with a byte order mark; '' = the Brown corpus. Defaults to ''. */
  textFile?: string
  /** What becomes of characters outside the alphabet. Defaults to `drop`. */
  unknownCharacters?: UnknownCharacters
  /** Characters that may stay. Defaults to the mapping's. */
  alphabet?: ReadonlySet<string>
}

/**
 * Loads a text to draw sentences from, without punctuation, its words parted by single spaces:
 * the Brown corpus, or a text file of the user's own.
 */
export async function loadText(
  choice: TextChoice = {},
  context: DataContext = {},
): Promise<string> {
  const { textFile = '', unknownCharacters = 'drop' } = choice
  const alphabet = choice.alphabet ?? new Set(emnistMapping.slice(specialTokens.length))
  const raw = textFile === '' ? await brownText(context) : await ownText(textFile)
  const where = textFile === '' ? 'The Brown corpus' : textFile
  return cleanText(raw, alphabet, unknownCharacters, where)
}

async function brownText(context: DataContext): Promise<string> {
  try {
    const { paths } = await obtainFiles('brown', context)
    const zip = await openZip(paths.get('brown.zip') ?? '')
    try {
      const sentences = await readBrown(zip)
      return sentences.map((words) => words.join(' ')).join(' ')
    } finally {
      zip.close()
    }
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'files-missing') throw error
    const advice = 'Or draw sentences from a text file of your own: textFile (--text-file).'
    throw new DataError('files-missing', `${error.message} ${advice}`, { cause: error })
  }
}

async function ownText(path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    const found = await stat(resolve(path))
    if (!found.isFile()) throw new Error('a folder, a pipe or a device')
    if (found.size > largestText) throw new Error('more than 500 MB')
    bytes = await readFile(resolve(path))
  } catch (error) {
    throw new DataError(
      'files-missing',
      `textFile: expected to read ${resolve(path)}, received ${messageOf(error)}. Name a text file in UTF-8.`,
      { cause: error },
    )
  }
  const text = decodeText(bytes)
  if (text !== undefined) return text
  throw new DataError(
    'bad-file',
    `textFile: expected a text in UTF-8, or UTF-16 with a byte order mark, received ${resolve(path)} in another encoding. ` +
      'Convert it, for example with iconv -t utf-8.',
  )
}
