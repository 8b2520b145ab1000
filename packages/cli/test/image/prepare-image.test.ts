import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { centerOfMass } from '../../src/image/center-of-mass.js'
import { inkBox } from '../../src/image/ink-box.js'
import { prepareImage } from '../../src/image/prepare-image.js'
import type { Preprocessing } from '../../src/image/prepare-image.js'
import { readImage } from '../../src/image/read-image.js'
import { dressed, testDigits } from './digit-pictures.js'
import type { Digit, Dress } from './digit-pictures.js'

const form: Preprocessing = { pixelScale: 255, height: 28, width: 28, channels: 1, kind: 'digit' }
const digits = testDigits(40)
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-image-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function load(bytes: Uint8Array) {
  const file = join(folder, 'image.png')
  await writeFile(file, bytes)
  return readImage(file)
}

/** Cosine between what came out and the digit that went in. */
function likeness(digit: Digit, values: Float32Array): number {
  let [both, a, b] = [0, 0, 0]
  digit.pixels.forEach((pixel, i) => {
    const value = values[i] ?? 0
    both += pixel * value
    a += pixel * pixel
    b += value * value
  })
  return both / Math.sqrt(a * b)
}

async function meanLikeness(dress: Dress): Promise<number> {
  let sum = 0
  for (const digit of digits) {
    const { values } = prepareImage(await load(await dressed(digit, dress)), form)
    sum += likeness(digit, values)
  }
  return sum / digits.length
}

describe('prepareImage', () => {
  it.each<[string, Dress]>([
    ['as it is', { side: 28, ink: [255, 255, 255], paper: [0, 0, 0] }],
    ['enlarged and inverted', { side: 280, ink: [0, 0, 0], paper: [255, 255, 255] }],
    ['blue on yellow paper', { side: 200, ink: [20, 30, 150], paper: [250, 240, 150], margin: 60 }],
    ['yellow on violet', { side: 133, ink: [250, 230, 20], paper: [60, 10, 90], margin: 5 }],
    ['red on green of equal lightness', { side: 160, ink: [200, 40, 40], paper: [40, 120, 40] }],
    ['pale grey on white', { side: 300, ink: [205, 205, 205], paper: [255, 255, 255], margin: 90 }],
  ])('brings real digits back to the form of MNIST: %s', async (_, dress) => {
    expect(await meanLikeness(dress)).toBeGreaterThan(0.95)
  })

  it('scales the ink into 20 pixels and centres its mass', async () => {
    for (const digit of digits) {
      const bytes = await dressed(digit, { side: 224, ink: [0, 0, 0], paper: [255, 255, 255] })
      const { ink } = prepareImage(await load(bytes), form)
      const box = inkBox(ink, 0.01)
      expect(Math.max(box.width, box.height)).toBeLessThanOrEqual(20)
      expect(Math.max(box.width, box.height)).toBeGreaterThanOrEqual(18)
      const center = centerOfMass(ink)
      expect(Math.abs(center.x - 14)).toBeLessThanOrEqual(0.51)
      expect(Math.abs(center.y - 14)).toBeLessThanOrEqual(0.51)
    }
  })

  it('finds the ink of a tight crop by the larger part', async () => {
    const bar = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="90"><rect width="60" height="90" fill="#fff"/>' +
        '<path d="M0 6 H60 M54 0 V90" stroke="#000" stroke-width="12"/></svg>',
    )
    const { ink } = prepareImage(await load(await sharp(bar).png().toBuffer()), form)
    const full = ink.data.filter((value) => value > 0.5).length
    expect(full).toBeLessThan(0.35 * 20 * 14)
    const forced = prepareImage(
      await load(await sharp(bar).png().toBuffer()),
      form,
      'light-on-dark',
    )
    expect(forced.ink.data.filter((value) => value > 0.5).length).toBeGreaterThan(full)
  })

  it.each(['#000', '#fff', '#c30'])('reads %s ink on a transparent background', async (colour) => {
    const seven = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">' +
        `<path d="M120 60 H180 L140 150" stroke="${colour}" stroke-width="12" fill="none"/></svg>`,
    )
    const { ink } = prepareImage(await load(await sharp(seven).png().toBuffer()), form)
    expect(ink.data[0]).toBe(0)
    expect(inkBox(ink).height).toBe(20)
  })

  it('carries the values that the network was trained on', async () => {
    const digit = digits[0]!
    const bytes = await dressed(digit, { side: 28, ink: [255, 255, 255], paper: [0, 0, 0] })
    const image = await load(bytes)
    const { values } = prepareImage(image, { ...form, mean: 0.1307, std: 0.3081 })
    expect(values[0]).toBeCloseTo(-0.1307 / 0.3081, 5)
    expect(Math.max(...values)).toBeCloseTo((1 - 0.1307) / 0.3081, 1)
    const small = prepareImage(image, { ...form, height: 16, width: 16, channels: 3 })
    expect(small.values).toHaveLength(16 * 16 * 3)
  })

  it('refuses a picture of one colour and a network for lines', async () => {
    const blank = await sharp({
      create: { width: 50, height: 50, channels: 3, background: '#eee' },
    })
      .png()
      .toBuffer()
    const image = await load(blank)
    expect(() => prepareImage(image, form)).toThrow('received a picture of one colour')
    expect(() => prepareImage(image, { ...form, kind: 'line' })).toThrow('reads single images')
  })
})

describe('readImage', () => {
  it('says what a file that is no image is', async () => {
    const file = join(folder, 'text.png')
    await writeFile(file, 'hello')
    await expect(readImage(file)).rejects.toThrow(/expected a picture.*text\.png"/)
    await expect(readImage(join(folder, 'none.png'))).rejects.toThrow('there is no file')
    await expect(readImage(folder)).rejects.toThrow('received the folder')
  })

  it('reduces large pictures while it decodes them', async () => {
    const big = await sharp({
      create: { width: 3000, height: 1500, channels: 3, background: '#fff' },
    })
      .png()
      .toBuffer()
    const { width, height } = await load(big)
    expect([width, height]).toEqual([1024, 512])
  })
})
