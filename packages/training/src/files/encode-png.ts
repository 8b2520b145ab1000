import { crc32, deflateSync } from 'node:zlib'

/** A picture as loggers take it. */
export interface LoggedImage {
  width: number
  height: number
  /** The bytes of a PNG file. */
  png: Uint8Array
}

/** Encodes bytes `[height, width, channels]`, grey (1) or RGB (3), as a PNG file. */
export function encodePng(
  pixels: Uint8Array,
  [height, width, channels]: readonly [number, number, 1 | 3],
): LoggedImage {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, channels === 1 ? 0 : 2], 8)
  const row = width * channels
  const scanlines = Buffer.alloc((row + 1) * height)
  for (let y = 0; y < height; y++) {
    // Each line begins with its filter: 0, none.
    scanlines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1)
  }
  const png = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(scanlines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return { width, height, png }
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
