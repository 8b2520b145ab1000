import { blankInk } from './pixels.js'
import type { InkImage } from './pixels.js'

/** Share of the width, at its end, in which a cut is looked for. */
const searched = 0.25

/** A piece of a line, and the column of the line that it begins at. */
export interface LinePiece {
  ink: InkImage
  left: number
}

/** Cuts a line into pieces of a width, each at the middle of the widest gap near its end; the last one is filled up. */
export function cutLine(line: InkImage, width: number): LinePiece[] {
  const columnInk = inkByColumn(line)
  const pieces: LinePiece[] = []
  const end = lastInk(columnInk) + 1
  for (let from = 0; from < end || pieces.length === 0;) {
    const to = end - from <= width ? from + width : cutBefore(columnInk, from, from + width)
    pieces.push({ ink: piece(line, from, Math.min(to, line.width), width), left: from })
    from = to
  }
  return pieces
}

function inkByColumn({ width, height, data }: InkImage): Float32Array {
  const sums = new Float32Array(width)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) sums[x] = (sums[x] ?? 0) + (data[y * width + x] ?? 0)
  return sums
}

function lastInk(columnInk: Float32Array): number {
  let last = columnInk.length - 1
  while (last > 0 && (columnInk[last] ?? 0) < 0.2) last--
  return last
}

/** Finds the middle of the widest run of columns that bear least ink. */
function cutBefore(columnInk: Float32Array, from: number, limit: number): number {
  const first = Math.floor(limit - (limit - from) * searched)
  let least = Infinity
  for (let x = first; x < limit; x++) least = Math.min(least, columnInk[x] ?? 0)
  let [best, longest] = [limit, 0]
  let run = 0
  for (let x = first; x <= limit; x++) {
    if (x < limit && (columnInk[x] ?? 0) <= least + 0.2) {
      run += 1
      continue
    }
    if (run > longest) [best, longest] = [x - Math.ceil(run / 2), run]
    run = 0
  }
  return Math.max(from + 1, best)
}

function piece(line: InkImage, from: number, to: number, width: number): InkImage {
  const result = blankInk(width, line.height)
  for (let y = 0; y < line.height; y++) {
    const start = y * line.width
    result.data.set(line.data.subarray(start + from, start + to), y * width)
  }
  return result
}
