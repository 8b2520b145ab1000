import { spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Stats } from 'node:fs'
import type { ResizeOptions, Sharp } from 'sharp'

/** A photo of the largest sensors has as many. */
const mostPixels = 268_402_689
const mostBytes = 256 * 2 ** 20
const decodingSeconds = 30
const drawingMs = 10_000

/**
 * Opens a picture of unknown origin, so that it costs a bounded time and memory: a regular file alone, of a limited size
 * and number of pixels, decoded within a limited time. An SVG, which no library's own limit stops, is drawn by a process
 * that is ended after 10 seconds.
 *
 * @param resize what the picture is reduced to, in the same step as it is decoded
 * @throws Error with a reason that a sentence can end with
 */
export async function openPicture(
  source: string | Uint8Array,
  resize: ResizeOptions | undefined,
): Promise<Sharp> {
  const { default: sharp } = await import('sharp')
  const bytes = typeof source === 'string' ? await bytesOf(source) : source
  const raster = isVector(bytes) ? await drawn(bytes, resize) : bytes
  const image = sharp(raster, { limitInputPixels: mostPixels })
    .timeout({ seconds: decodingSeconds })
    // Upright by its EXIF mark.
    .rotate()
  return resize === undefined ? image : image.resize(resize)
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const stats = await stat(path)
  if (!stats.isFile()) throw new Error(`it is ${kindOf(stats)}, not a file`)
  if (stats.size > mostBytes) {
    throw new Error(
      `its ${(stats.size / 2 ** 20).toFixed(0)} MB are more than ${mostBytes / 2 ** 20}`,
    )
  }
  return readFile(path)
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}

/** Tells an SVG as libvips does, by its first bytes, and takes what is gzipped for one. */
function isVector(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true
  return /<svg/i.test(Buffer.from(bytes.subarray(0, 4096)).toString('latin1'))
}

/** The program of the process that draws: an SVG on stdin, a PNG on stdout. */
const program = `
const sharp = require(process.argv[1])
const { resize, mostPixels } = JSON.parse(process.argv[2])
const chunks = []
process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', async () => {
  try {
    const image = sharp(Buffer.concat(chunks), { limitInputPixels: mostPixels })
    const sized = resize ? image.resize(resize) : image
    process.stdout.write(await sized.png({ compressionLevel: 1 }).toBuffer())
  } catch (error) {
    process.stderr.write(error.message)
    process.exitCode = 1
  }
})`

function drawn(svg: Uint8Array, resize: ResizeOptions | undefined): Promise<Buffer> {
  const sharpPath = createRequire(import.meta.url).resolve('sharp')
  const wishes = JSON.stringify({ resize, mostPixels })
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', program, sharpPath, wishes], { stdio: 'pipe' })
    const chunks: Buffer[] = []
    let said = ''
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, drawingMs)
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    // A process that was ended does not read on.
    child.stdin.on('error', () => undefined)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      if (code === 0) resolve(Buffer.concat(chunks))
      else if (late) reject(new Error(`it takes more than ${drawingMs / 1000} s to draw`))
      else reject(new Error(said.trim() || 'it cannot be drawn'))
    })
    child.stdin.end(svg)
  })
}
