/**
 * Decodes the bytes of a text file: UTF-8, with a byte order mark or without, or UTF-16 with one.
 *
 * @returns undefined for bytes that are neither
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    // UTF-16 without its mark.
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
