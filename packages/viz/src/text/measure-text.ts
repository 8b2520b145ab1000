import { bundledFont, type FontWeight } from './bundled-font.js'

/** Measures the width of a line of text in pixels, as the bundled font sets it. */
export function measureText(text: string, size = 12, weight: FontWeight = 400): number {
  const font = bundledFont(weight)
  let units = 0
  for (const character of text) {
    units += font.advanceOf(font.glyphOf(character.codePointAt(0) ?? 0))
  }
  return (units * size) / font.unitsPerEm
}

/** Shortens text to a width in pixels with an ellipsis where it must. */
export function fitText(text: string, width: number, size = 12, weight: FontWeight = 400): string {
  if (measureText(text, size, weight) <= width) return text
  const characters = [...text]
  while (characters.length > 0) {
    characters.pop()
    const shorter = characters.join('').trimEnd() + '…'
    if (measureText(shorter, size, weight) <= width) return shorter
  }
  return '…'
}

/** Breaks text into lines no wider than `width` pixels, at spaces; a longer word stands alone. */
export function wrapText(
  text: string,
  width: number,
  size = 12,
  weight: FontWeight = 400,
): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line !== '' && measureText(longer, size, weight) > width) {
        lines.push(line)
        line = word
      } else line = longer
    }
    lines.push(line)
  }
  return lines
}
