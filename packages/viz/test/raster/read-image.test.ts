import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { readImage, VizError } from '@ductus/viz'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'ductus-pictures-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function refusal(source: string | Uint8Array): Promise<string> {
  const error: unknown = await readImage(source).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(VizError)
  expect((error as VizError).message).not.toContain('\n')
  return (error as VizError).message
}

const open = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200">'

/** Ten uses of ten uses of …: 10 to the depth squares. */
function nested(depth: number): string {
  const levels = Array.from({ length: depth }, (_, i) => {
    const uses = `<use href="#a${i}" x="1"/>`.repeat(10)
    return `<g id="a${i + 1}">${uses}</g>`
  })
  return `${open}<defs><rect id="a0" width="5" height="5"/>${levels.join('')}</defs><use href="#a${depth}"/></svg>`
}

const filters = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f">${'<feTurbulence numOctaves="60" baseFrequency="0.9"/><feMorphology radius="90" operator="dilate"/>'.repeat(400)}</filter><rect width="4000" height="4000" filter="url(#f)"/></svg>`

/** A PNG of a few bytes that says it has this size. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.alloc(1 << 20))
  return Buffer.concat([
    ...[signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))],
  ])
}

describe('readImage', () => {
  it.each(['as it is', 'gzipped'])('draws an SVG, %s', async (form) => {
    const svg = `<?xml version="1.0"?>\n${open}<rect width="200" height="200" fill="#f00"/></svg>`
    const bytes = form === 'gzipped' ? gzipSync(svg) : Buffer.from(svg)
    const image = await readImage(file('plain.svg', bytes))
    expect([image.width, image.height, image.channels]).toEqual([400, 200, 3])
    expect([...image.data.subarray(0, 3)]).toEqual([255, 0, 0])
    // Nothing is drawn there: white.
    expect([...image.data.subarray(-3)]).toEqual([255, 255, 255])
  })

  it('draws an SVG of the size that is asked for as sharp draws it', async () => {
    const svg = Buffer.from(`${open}<circle cx="90" cy="90" r="80" fill="#08f8"/></svg>`)
    const within = { width: 100, height: 100 }
    const image = await readImage(svg, { channels: 4, within })
    const expected = await sharp(svg)
      .resize({ ...within, fit: 'inside', withoutEnlargement: true })
      .ensureAlpha()
      .raw()
      .toBuffer()
    expect([image.width, image.height]).toEqual([100, 50])
    expect(Buffer.compare(Buffer.from(image.data), expected)).toBe(0)
  })

  it('turns a photo upright by its EXIF mark', async () => {
    const create = { width: 6, height: 4, channels: 3 as const, background: '#fff' }
    const turned = await sharp({ create }).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const { width, height } = await readImage(turned)
    expect([width, height]).toEqual([4, 6])
  })

  it.concurrent.each([
    ['nested uses', nested(12)],
    ['filters', filters],
  ])('ends an SVG of %s', async (name, svg) => {
    const started = performance.now()
    const path = file(`${name}.svg`, svg)
    expect(await refusal(path)).toMatch(/\.svg": .+\. Pass a readable image/)
    expect(performance.now() - started).toBeLessThan(20_000)
  })

  it.each([
    [
      'a pipe',
      () => execFileSync('/usr/bin/mkfifo', [join(folder, 'fifo')]) && join(folder, 'fifo'),
    ],
    ['a device', () => '/dev/zero'],
    ['a folder', () => folder],
  ])('refuses %s', async (kind, make) => {
    expect(await refusal(make())).toContain(`: it is ${kind}, not a file.`)
  })

  it('refuses a socket', async () => {
    const server = createServer()
    const path = join(folder, 'socket')
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect(await refusal(path)).toContain(': it is a socket, not a file.')
    server.close()
  })

  it('refuses what is too large, in bytes or in pixels', async () => {
    const large = file('large.png', '')
    truncateSync(large, 300 * 2 ** 20)
    expect(await refusal(large)).toContain('its 300 MB are more than 256')
    expect(await refusal(file('bomb.png', bomb(60_000, 60_000)))).toMatch(/pixel limit/)
  })

  it('says of what is no picture why', async () => {
    expect(await refusal(join(folder, 'none.png'))).toContain('there is no such file')
    expect(await refusal(file('empty.png', ''))).toMatch(/"[^"]+empty\.png": .+/)
    expect(await refusal(file('text.png', 'hello'))).toContain('unsupported image format')
    expect(await refusal(file('cut.svg', `${open}<rect`))).toMatch(/cut\.svg": .+/)
  })
})
