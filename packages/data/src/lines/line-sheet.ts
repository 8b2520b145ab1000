import { emnistMapping } from '../emnist/characters.js'
import { lineKernelCode } from './line-kernel-code.js'

const side = 28
const glyphSize = side * side
/** The kernel reads a few bytes past a glyph, and writes a few past a line. */
const glyphStride = glyphSize + 16
const slack = 16
const pageSize = 65_536
let compiled: object | undefined

interface Kernel {
  add(glyph: number, target: number, width: number): void
  toFloats(from: number, end: number, target: number): void
}

/** What of WebAssembly is used: the types of Node.js do not have it. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (size: { initial: number }) => { buffer: ArrayBuffer }
    Module: new (code: Uint8Array) => object
    Instance: new (module: object, imports: object) => { exports: unknown }
  }
}

/**
 * Is one line of bytes that glyphs are set in, a glyph a class, sixteen pixels at a time: WebAssembly, in
 * little memory that stays in the processor's cache. The finished line is copied from there, as bytes or floats.
 */
export class LineSheet {
  readonly #kernel: Kernel
  readonly #glyphs: Uint8Array
  readonly #line: Uint8Array
  readonly #floats: Float32Array
  readonly #width: number

  /** @param maxLength places of 28 pixels in the line */
  constructor(maxLength: number) {
    this.#width = side * maxLength
    const size = side * this.#width
    const lineAt = emnistMapping.length * glyphStride
    const floatsAt = lineAt + size + slack
    const pages = Math.ceil((floatsAt + 4 * size) / pageSize)
    const memory = new wasm.Memory({ initial: pages })
    compiled ??= new wasm.Module(Buffer.from(lineKernelCode, 'base64'))
    const instance = new wasm.Instance(compiled, { line: { memory } })
    this.#kernel = instance.exports as Kernel
    this.#glyphs = new Uint8Array(memory.buffer, 0, lineAt)
    this.#line = new Uint8Array(memory.buffer, lineAt, size)
    this.#floats = new Float32Array(memory.buffer, floatsAt, size)
  }

  /** Blanks the line. */
  clear(): void {
    this.#line.fill(0)
  }

  /** Takes a class's image, 28×28 bytes from `at` on, for the places where it is set. */
  load(glyph: number, images: Uint8Array, at: number): void {
    this.#glyphs.set(images.subarray(at, at + glyphSize), glyph * glyphStride)
  }

  /** Adds a loaded glyph's ink with its left edge at a column; sums stop at 255. */
  add(glyph: number, left: number): void {
    this.#kernel.add(glyph * glyphStride, this.#line.byteOffset + left, this.#width)
  }

  /** Copies the line to a picture, from `at` on: bytes as they are, floats as bytes / 255. */
  copyTo(picture: Uint8Array | Float32Array, at: number): void {
    if (picture instanceof Uint8Array) {
      picture.set(this.#line, at)
      return
    }
    const { byteOffset, byteLength } = this.#line
    this.#kernel.toFloats(byteOffset, byteOffset + byteLength, this.#floats.byteOffset)
    picture.set(this.#floats, at)
  }
}
