import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inkBox } from '../../src/image/ink-box.js'
import type { Preprocessing } from '../../src/image/prepare-image.js'
import { prepareLine, type PreparedLine } from '../../src/image/prepare-line.js'
import { readImage } from '../../src/image/read-image.js'
import { resample } from '../../src/image/resample.js'
import { testDigits } from './digit-pictures.js'
import { dressedLine, setLine, type LineDress, type RawLine } from './line-pictures.js'

const form: Preprocessing = { pixelScale: 255, height: 28, width: 448, channels: 1, kind: 'line' }
const [black, white] = [[0, 0, 0] as const, [255, 255, 255] as const]
let folder = ''
let line: RawLine = { pixels: new Uint8Array(), width: 0 }

/** Digits as large as EMNIST's characters: 24 rows high. */
async function glyphs(count: number): Promise<Uint8Array[]> {
  return Promise.all(
    testDigits(count).map(({ pixels }) =>
      sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
        .extract({ left: 4, top: 4, width: 20, height: 20 })
        .resize(24, 24)
        .extend({ top: 2, bottom: 2, left: 2, right: 2, background: '#000' })
        .toColourspace('b-w')
        .raw()
        .toBuffer(),
    ),
  )
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-line-'))
  line = setLine(await glyphs(12), 22)
})
afterAll(() => rm(folder, { recursive: true }))

async function prepared(raw: RawLine, dress: LineDress): Promise<PreparedLine> {
  const file = join(folder, 'line.png')
  await writeFile(file, await dressedLine(raw, dress))
  return prepareLine(await readImage(file, 'line'), form)
}

/** Cosine between the ink of the raw line and that of what came out, brought to the same size. */
function likeness({ ink }: PreparedLine): number {
  const raw = { ...line, height: 28, data: Float32Array.from(line.pixels, (byte) => byte / 255) }
  const [a, b] = [inkBox(raw), inkBox(ink)]
  const [before, after] = [resample(raw, a, 250, 24), resample(ink, b, 250, 24)]
  const dot = (p: Float32Array, q: Float32Array) =>
    p.reduce((sum, v, i) => sum + v * (q[i] ?? 0), 0)
  const both = dot(before.data, after.data)
  return both / Math.sqrt(dot(before.data, before.data) * dot(after.data, after.data))
}

describe('prepareLine', () => {
  it('leaves a line as it is that has the form already', async () => {
    const { pieces } = await prepared(line, { ink: white, paper: black })
    expect(pieces[0]?.values).toHaveLength(28 * 448)
    const first = Array.from({ length: 28 }, (_, x) => pieces[0]?.values[14 * 448 + x] ?? 0)
    first.forEach((value, x) => {
      expect(value).toBeCloseTo((line.pixels[14 * line.width + x] ?? 0) / 255, 1)
    })
  })

  it.each<[string, LineDress]>([
    ['dark on light', { ink: black, paper: white, margin: [3, 3, 3, 3] }],
    ['three times as large', { scale: 3, ink: white, paper: black }],
    ['with wide margins', { scale: 2, ink: black, paper: white, margin: [30, 80, 50, 60] }],
    ['coloured', { scale: 2.5, ink: [20, 40, 120], paper: [250, 240, 200], margin: [9, 9, 9, 9] }],
    ['light ink on colour', { scale: 4, ink: [255, 250, 220], paper: [30, 90, 60] }],
    ['faint', { scale: 3, ink: [150, 150, 150], paper: [200, 200, 200], margin: [5, 5, 5, 5] }],
    ['smaller', { scale: 0.8, ink: black, paper: white, margin: [4, 4, 4, 4] }],
  ])('brings a line that is %s to the form', async (_name, dress) => {
    const made = await prepared(line, dress)
    expect(likeness(made)).toBeGreaterThan(0.9)
    const box = inkBox(made.ink)
    expect(made.ink.height).toBe(28)
    expect([box.left, box.top, box.height]).toEqual([4, 2, 24])
    // As wide as before, but for what no picture tells: how large exactly it was.
    expect(box.width / (line.width - 5)).toBeCloseTo(1, 1)
  })

  it('cuts a longer line in pieces, in gaps between characters', async () => {
    const long = setLine([...(await glyphs(20)), ...(await glyphs(20))], 28)
    const { pieces, ink } = await prepared(long, { scale: 2, ink: black, paper: white })
    expect(pieces.length).toBeGreaterThan(2)
    for (const { left } of pieces.slice(1)) {
      let inkAtCut = 0
      for (let y = 0; y < 28; y++) inkAtCut += ink.data[y * ink.width + left] ?? 0
      expect(inkAtCut).toBeLessThan(0.5)
    }
    const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0)
    const all = pieces.reduce((total, piece) => total + sum(piece.ink.data), 0)
    expect(all).toBeCloseTo(sum(ink.data), -1)
  })

  it('refuses a blank picture', async () => {
    const blank = { pixels: new Uint8Array(28 * 200), width: 200 }
    await expect(prepared(blank, { ink: white, paper: black })).rejects.toThrow('one colour')
  })
})
