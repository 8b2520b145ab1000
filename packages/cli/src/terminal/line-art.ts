import type { TerminalMode } from '@ductus/viz'
import type { InkImage } from '../image/pixels.js'

/** Pixels of the line a character cell is wide. */
const cell = 2

/**
 * Draws a line of handwriting in strips as wide as the terminal, half its size, with what was read under each place.
 *
 * @param characters what was read, each with its middle in pixels of the line
 */
export async function lineArt(
  line: InkImage,
  characters: readonly { character: string; x: number }[],
  { mode, columns = 80 }: { mode: TerminalMode; columns?: number | undefined },
): Promise<string> {
  const { terminalImage } = await import('@ductus/viz')
  const strips: string[] = []
  for (let from = 0; from < line.width; from += columns * cell) {
    const strip = columnsOf(line, from, Math.min(columns * cell, line.width - from))
    strips.push(
      terminalImage(strip, { mode, columns: strip.width / cell, range: [0, 1] }),
      textUnder(characters, from, columns),
    )
  }
  return strips.join('\n')
}

function columnsOf({ width, height, data }: InkImage, from: number, count: number) {
  const even = count + (count % cell)
  const strip = new Float32Array(even * height)
  for (let y = 0; y < height; y++)
    strip.set(data.subarray(y * width + from, y * width + from + count), y * even)
  return { data: strip, width: even, height, channels: 1 }
}

function textUnder(
  characters: readonly { character: string; x: number }[],
  from: number,
  columns: number,
): string {
  const row = new Array<string>(columns).fill(' ')
  for (const { character, x } of characters) {
    const at = Math.floor((x - from) / cell)
    if (at >= 0 && at < columns) row[at] = character === ' ' ? '_' : character
  }
  return row.join('').trimEnd()
}
