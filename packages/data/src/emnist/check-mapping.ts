import { DataError } from '../errors/data-error.js'
import { labelCharacters, type EmnistSplit } from './characters.js'

/**
 * Checks a split's `…-mapping.txt` (a line a label: the label, then the codes of its characters) against the
 * characters that the labels are known to stand for.
 */
export function checkMapping(text: string, split: EmnistSplit, where: string): void {
  const known = labelCharacters[split]
  const seen = new Set<number>()
  for (const line of text.split(/\r?\n/)) {
    const [label, code] = line.trim().split(/\s+/).map(Number)
    if (label === undefined || code === undefined) continue
    const expected = known[label]
    const found = Number.isInteger(code) ? String.fromCodePoint(code) : String(code)
    if (expected !== found) {
      throw disagrees(where, `label ${label} to be ${quote(expected)}`, quote(found))
    }
    seen.add(label)
  }
  const wanted = known.filter((character) => character !== '').length
  if (seen.size !== wanted) throw disagrees(where, `${wanted} labels`, String(seen.size))
}

function quote(character: string | undefined): string {
  return character === undefined ? 'unknown' : JSON.stringify(character)
}

function disagrees(where: string, expected: string, received: string): DataError {
  return new DataError(
    'bad-file',
    `${where}: expected ${expected}, received ${received}. The mapping disagrees with EMNIST's: get the file again.`,
  )
}
