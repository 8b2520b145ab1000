/** Bytes that a file of a kind has to begin with. */
const starts: Readonly<Record<string, readonly number[]>> = {
  gz: [0x1f, 0x8b],
  zip: [0x50, 0x4b],
}

/**
 * Says what is wrong with the first bytes of a file, judged by its name's ending, or undefined when they fit:
 * a server that answers with a page in place of the file is found out before the page is saved.
 */
export function wrongStart(name: string, first: Uint8Array, contentType = ''): string | undefined {
  const expected = starts[name.slice(name.lastIndexOf('.') + 1)]
  if (expected === undefined || first.length < expected.length) return undefined
  if (expected.every((byte, i) => first[i] === byte)) return undefined
  const text = Buffer.from(first.subarray(0, 512)).toString('latin1').trimStart().toLowerCase()
  const isPage = text.startsWith('<!doctype html') || text.startsWith('<html')
  if (isPage || contentType.includes('text/html')) return 'an HTML page in place of the file'
  const found = Array.from(first.subarray(0, expected.length), (byte) => byte.toString(16))
  return `a file that begins with ${found.join(' ')}`
}
