/** Finds where words begin in a text whose words are parted by one space each. */
export function wordStarts(text: string): Uint32Array {
  const starts: number[] = text === '' ? [] : [0]
  for (let at = text.indexOf(' '); at !== -1; at = text.indexOf(' ', at + 1)) starts.push(at + 1)
  return Uint32Array.from(starts)
}
