/** Hashes integers and strings to one unsigned 32-bit key; the same parts give the same key everywhere. */
export function hashKey(...parts: readonly (number | string)[]): number {
  let hash = 0x9e3779b9
  for (const part of parts) {
    if (typeof part === 'number' && Number.isSafeInteger(part)) {
      hash = mix(hash ^ 0x6e756d, part | 0)
      hash = mix(hash, Math.floor(part / 2 ** 32) | 0)
    } else {
      const text = String(part)
      hash = mix(hash ^ 0x737472, text.length)
      for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i))
    }
  }
  return hash >>> 0
}

/** Folds one 32-bit word into a hash: an add, then MurmurHash3's 32-bit finaliser (A. Appleby). */
export function mix(hash: number, word: number): number {
  let h = (Math.imul(hash, 5) + 0xe6546b64 + Math.imul(word, 0xcc9e2d51)) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
