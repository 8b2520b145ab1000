import { expect, it } from 'vitest'
import { keyedRandom, lineMaterial, LineWriter } from '@ductus/data'

const random = keyedRandom(5)
const count = 62 * 4
const images = Uint8Array.from({ length: count * 784 }, () =>
  random() < 0.3 ? 0 : Math.floor(random() * 256),
)
const classes = Uint8Array.from({ length: count }, (_, i) => 4 + (i % 62))
const every = Uint32Array.from({ length: count }, (_, i) => i)
const material = lineMaterial(
  { images, classes },
  every,
  'a few short words in a row '.repeat(20),
  'byclass',
)

it.each([12, 13])(
  'writes bytes, and floats that are these bytes / 255 wherever they lie: %i places',
  (maxLength) => {
    const style = { maxLength, minOverlap: 0, maxOverlap: 0.4, withStartEndTokens: false }
    const writer = new LineWriter(material, style)
    const lines = 20
    const bytes = new Uint8Array(lines * writer.size)
    const first = writer.newPictures(lines)
    const places = [new Float32Array(lines * writer.size), first, writer.newPictures(lines)]
    expect(first.length).toBe(lines * writer.size)
    const target = new Int32Array(maxLength)
    for (let index = 0; index < lines; index++) {
      const key = { seed: 1, part: 'train', epoch: 0, index }
      const at = index * writer.size
      for (const picture of [bytes, ...places]) writer.write(key, picture, at, target, 0)
    }
    expect(new Set(bytes).size).toBe(256)
    const expected = Float32Array.from(bytes, (byte) => byte / 255)
    for (const floats of places) expect(Buffer.compare(bytesOf(floats), bytesOf(expected))).toBe(0)
  },
)

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)
}
