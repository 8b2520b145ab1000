import { emnistMapping } from '../emnist/characters.js'
import { lineKernelCode } from './line-kernel-code.js'

const side = 28
const glyphSize = side * side
/** The kernel reads a few bytes past a glyph, and writes a few past a line. */
const glyphStride = glyphSize + 16
const slack = 16
const cacheLine = 64
const pageSize = 65_536
const mostPages = 65_536

interface Kernel {
  set(place: number, last: number, from: number, end: number, width: number): void
  toFloats(from: number, end: number, target: number): void
}

/** What of WebAssembly is used: the types of Node.js do not have it. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (size: { initial: number; maximum: number; shared: boolean }) => {
      readonly buffer: ArrayBufferLike
      grow(pages: number): number
    }
    Module: new (code: Uint8Array) => object
    Instance: new (module: object, imports: object) => { exports: unknown }
  }
}

const compiled: { own?: object; shared?: object } = {}

/**
 * Is one line of bytes that glyphs are set in, a glyph a class, sixteen pixels at a time: WebAssembly, in little memory
 * that stays in the processor's cache. From there the finished line goes to a picture, as bytes or floats, fastest
 * to pictures next to it.
 */
export class LineSheet {
  readonly #memory: InstanceType<typeof wasm.Memory>
  readonly #kernel: Kernel
  readonly #glyphs: Uint8Array
  readonly #line: Uint8Array
  /** Where glyphs are set: pairs of addresses, of a glyph and in the line. */
  readonly #places: Uint32Array
  #placed = 0
  readonly #floats: Float32Array
  readonly #width: number
  /** Buffers of pictures that lie in this memory: growing gives it another one, and the others stay. */
  readonly #own = new WeakSet<ArrayBufferLike>()

  /**
   * @param maxLength places of 28 pixels in the line
   * @param kind whether threads share the memory: `newPictures` asks for it; JavaScript is slow to copy from there
   */
  constructor(maxLength: number, kind: 'own' | 'shared') {
    this.#width = side * maxLength
    const pixels = side * this.#width
    const lineAt = emnistMapping.length * glyphStride
    const placesAt = aligned(lineAt + pixels + slack)
    const floatsAt = aligned(placesAt + 8 * maxLength)
    const initial = Math.ceil((floatsAt + 4 * pixels) / pageSize)
    const memory = new wasm.Memory({ initial, maximum: mostPages, shared: kind === 'shared' })
    const code = (compiled[kind] ??= new wasm.Module(Buffer.from(lineKernelCode[kind], 'base64')))
    this.#memory = memory
    this.#kernel = new wasm.Instance(code, { line: { memory } }).exports as Kernel
    this.#glyphs = new Uint8Array(memory.buffer, 0, lineAt)
    this.#line = new Uint8Array(memory.buffer, lineAt, pixels)
    this.#places = new Uint32Array(memory.buffer, placesAt, 2 * maxLength)
    this.#floats = new Float32Array(memory.buffer, floatsAt, pixels)
  }

  /** Makes memory for the pictures of so many lines; it is the sheet's for good. */
  newPictures(lines: number): Float32Array {
    const length = lines * this.#line.length
    const at = pageSize * this.#memory.grow(Math.ceil((4 * length) / pageSize))
    const pictures = new Float32Array(this.#memory.buffer, at, length)
    this.#own.add(pictures.buffer)
    return pictures
  }

  /** Says whether a picture lies in this memory. */
  holds(picture: Uint8Array | Float32Array): boolean {
    return this.#own.has(picture.buffer)
  }

  /** Begins a blank line. */
  clear(): void {
    this.#placed = 0
  }

  /** Takes a class's image, 28×28 bytes from `at` on, for the places where it is set. */
  load(glyph: number, images: Uint8Array, at: number): void {
    this.#glyphs.set(images.subarray(at, at + glyphSize), glyph * glyphStride)
  }

  /** Adds a loaded glyph's ink with its left edge at a column; sums stop at 255. A line has at most `maxLength` of them. */
  add(glyph: number, left: number): void {
    this.#places[this.#placed++] = glyph * glyphStride
    this.#places[this.#placed++] = this.#line.byteOffset + left
  }

  /** Writes the line to a picture, from `at` on: bytes as they are, floats as bytes / 255. */
  writeTo(picture: Uint8Array | Float32Array, at: number): void {
    const { byteOffset: from, length } = this.#line
    const end = from + length
    const place = this.#places.byteOffset
    this.#kernel.set(place, place + 4 * this.#placed, from, end, this.#width)
    if (picture instanceof Uint8Array) {
      picture.set(this.#line, at)
      return
    }
    const beside = this.holds(picture)
    const target = beside ? picture.byteOffset + 4 * at : this.#floats.byteOffset
    this.#kernel.toFloats(from, end, target)
    if (!beside) picture.set(this.#floats, at)
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / cacheLine) * cacheLine
}
