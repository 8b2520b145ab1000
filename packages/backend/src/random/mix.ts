/** Mixes an index into a key: the one hash behind every keyed random number, the same bits in C++. */
export function mix(key: number, index: number): number {
  let h = Math.imul(index, 0x9e3779b1) ^ key
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
