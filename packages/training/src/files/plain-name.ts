import { TrainingError } from '../training-error.js'

/** Names that Windows keeps for devices, with any ending. */
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i
/** What some file system refuses in a name, or reads as more than a name: separators, drives, streams, wildcards. */
// eslint-disable-next-line no-control-regex -- control characters are what it is for
const special = /[/\\:*?"<>|\u0000-\u001f\u007f]/
/** Bytes that file systems take as one name. */
const longest = 255

/**
 * Says whether a value names one file or folder of any system, inside the folder that it is joined to: no separator, no
 * `.` or `..`, no drive, no device of Windows, none that ends in a space or dot, at most 255 bytes.
 */
export function isPlainName(name: unknown): name is string {
  if (typeof name !== 'string' || name === '' || Buffer.byteLength(name) > longest) return false
  if (/^\.{1,2}$/.test(name) || /[ .]$/.test(name)) return false
  return !special.test(name) && !reserved.test(name)
}

/**
 * Gives a name back that is safe to join to a folder's path.
 *
 * @param where the file and field that the name is from
 * @throws TrainingError `CHECKPOINT_DAMAGED` for anything but one plain name
 */
export function plainName(name: unknown, where: string): string {
  if (isPlainName(name)) return name
  throw new TrainingError(
    'CHECKPOINT_DAMAGED',
    `${where}: expected one plain name inside its folder, received ${shown(name)}. ` +
      'Do not use a run folder that you do not trust.',
  )
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
