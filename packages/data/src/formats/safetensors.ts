import { open, rename, rm, mkdir, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { DataError, messageOf } from '../errors/data-error.js'
import { flush } from '../files/flush.js'

/** Holds one named array of bytes and its shape. */
export interface ByteTensor {
  shape: readonly number[]
  data: Uint8Array
}

/** Holds the named arrays of a file and its text metadata. */
export interface TensorFile {
  tensors: Readonly<Record<string, ByteTensor>>
  metadata: Readonly<Record<string, string>>
}

const readers = 2
const chunkBytes = 4 << 20
const mostHeaderBytes = 1 << 20

/**
 * Writes arrays of bytes as a safetensors file (`U8`), with a CRC-32 of the data in its metadata. The file appears
 * whole or not at all: it is written to `<path>.part`, flushed and renamed; on failure the part is removed.
 */
export async function writeSafetensors(path: string, file: TensorFile): Promise<void> {
  const arrays = Object.entries(file.tensors)
  let offset = 0
  let crc = 0
  const header: Record<string, unknown> = {}
  for (const [name, { shape, data }] of arrays) {
    header[name] = { dtype: 'U8', shape, data_offsets: [offset, (offset += data.length)] }
    crc = crc32(data, crc)
  }
  header.__metadata__ = { ...file.metadata, crc32: String(crc) }
  const json = Buffer.from(JSON.stringify(header))
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, 0x20)])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  const part = `${path}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(part, 'w')
    try {
      await writeAll(handle, Buffer.concat([length, padded]))
      for (const [, { data }] of arrays) await writeAll(handle, data)
      await flush(handle)
    } finally {
      await handle.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw new DataError(
      'disk',
      `${path}: expected to write ${offset} bytes, received ${messageOf(error)}. ` +
        'Make room, or name another folder with DUCTUS_DATA_DIR.',
      { cause: error },
    )
  }
}

/**
 * Reads a safetensors file of bytes that {@link writeSafetensors} wrote, into memory that threads share.
 * Gives undefined when there is no such file; throws a `bad-file` error when it is damaged.
 */
export async function readSafetensors(path: string): Promise<TensorFile | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch {
    return undefined
  }
  try {
    return await readOpen(handle)
  } catch (error) {
    throw new DataError(
      'bad-file',
      `${path}: expected a whole safetensors file, received ${messageOf(error)}. Remove the file.`,
      { cause: error },
    )
  } finally {
    await handle.close()
  }
}

async function readOpen(handle: FileHandle): Promise<TensorFile> {
  const { size } = await handle.stat()
  const lengthBytes = await readExactly(handle, Buffer.alloc(8), 0)
  const headerBytes = Number(Buffer.from(lengthBytes).readBigUInt64LE())
  if (headerBytes > mostHeaderBytes) throw new Error(`a header of ${headerBytes} bytes`)
  const json = await readExactly(handle, Buffer.alloc(headerBytes), 8)
  const header = JSON.parse(Buffer.from(json).toString('utf8')) as Record<string, HeaderEntry>
  const metadata = (header.__metadata__ ?? {}) as Record<string, string>
  delete header.__metadata__
  const start = 8 + headerBytes
  const data = new Uint8Array(new SharedArrayBuffer(size - start))
  await readParallel(handle, data, start)
  if (String(crc32(data)) !== metadata.crc32) throw new Error('a wrong CRC-32')
  const tensors: Record<string, ByteTensor> = {}
  let end = 0
  // As written: one after the other, so that no byte is two arrays' or none's.
  for (const [name, { dtype, shape, data_offsets: at }] of Object.entries(header)) {
    const [from, to] = at
    if (from !== end) throw new Error(`${name} from byte ${from}, where ${end} bytes are taken`)
    end = to
    const expected = shape.reduce((product, n) => product * n, 1)
    if (dtype !== 'U8' || to > data.length || to - from !== expected) {
      throw new Error(`a wrong entry for ${name}`)
    }
    tensors[name] = { shape, data: data.subarray(from, to) }
  }
  if (end !== data.length) throw new Error(`${data.length - end} bytes of no array`)
  return { tensors, metadata }
}

interface HeaderEntry {
  dtype: string
  shape: number[]
  data_offsets: [number, number]
}

/** Reads in pieces, two at a time: a thread each for the copy out of the system's cache. */
async function readParallel(handle: FileHandle, into: Uint8Array, start: number): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < into.length) {
      const from = next
      next += chunkBytes
      await readExactly(handle, into.subarray(from, from + chunkBytes), start + from)
    }
  }
  await Promise.all(Array.from({ length: readers }, work))
}

async function readExactly<T extends Uint8Array>(
  handle: FileHandle,
  into: T,
  position: number,
): Promise<T> {
  let done = 0
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done)
    if (bytesRead === 0) throw new Error('an early end')
    done += bytesRead
  }
  return into
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, 16 << 20)
    done += (await handle.write(bytes, done, length)).bytesWritten
  }
}
