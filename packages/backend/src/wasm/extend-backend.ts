import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { engine, findBackendFactory, util } from '@tensorflow/tfjs-core'
import { BackendError } from '../backend-error.js'

const extended = Symbol.for('ductus.extendedWasm')

/**
 * Has every `wasm` backend that TensorFlow.js starts from now on extended, and the one that runs, if any. Calling it
 * again changes nothing.
 */
export function extendFactory(): void {
  const { registry, registryFactory } = engine() as unknown as Registry
  const stock = findBackendFactory('wasm') as (() => Promise<BackendWasm>) & { [extended]?: true }
  if (registry['wasm']) extendBackend(registry['wasm'])
  if (stock[extended]) return
  const factory = async () => extendBackend(await withoutListeners(stock))
  registryFactory['wasm']!.factory = Object.assign(factory, { [extended]: true })
}

const listened = ['uncaughtException', 'unhandledRejection'] as const

/**
 * Starts the backend and takes back the process-wide listeners that its loader adds: they would rethrow every uncaught
 * error of the program from there, with a wall of minified code above it.
 */
async function withoutListeners<T>(start: () => Promise<T>): Promise<T> {
  const before = listened.map((event) => new Set(process.listeners(event as 'exit')))
  try {
    return await start()
  } finally {
    listened.forEach((event, i) => {
      for (const listener of process.listeners(event as 'exit')) {
        if (!before[i]!.has(listener)) process.removeListener(event, listener)
      }
    })
  }
}

/** The engine's own books: replacing the entry by its public calls would dispose of a backend that runs. */
interface Registry {
  registry: Record<string, BackendWasm | undefined>
  registryFactory: Record<string, { factory: () => Promise<BackendWasm> } | undefined>
}

/**
 * Adds to a running backend what kernels alone can't: complex tensors (kept as interleaved pairs) and one clear
 * error where its memory is full. Calling it again changes nothing.
 */
export function extendBackend(backend: BackendWasm): BackendWasm {
  const target = backend as BackendWasm & { [extended]?: true }
  if (target[extended]) return backend
  target[extended] = true
  readComplex(backend)
  refuseFailedAllocation(backend)
  return backend
}

function readComplex(backend: BackendWasm): void {
  const readSync = backend.readSync.bind(backend)
  backend.readSync = (dataId, start, end) => {
    const { dtype, memoryOffset, shape } = backend.dataIdMap.get(dataId)
    if (dtype !== 'complex64') return readSync(dataId, start, end)
    const [from, to] = [start ?? 0, end ?? util.sizeFromShape(shape)]
    const { HEAPU8 } = backend.wasm as unknown as { HEAPU8: Uint8Array }
    const bytes = HEAPU8.slice(memoryOffset + 8 * from, memoryOffset + 8 * to)
    return new Float32Array(bytes.buffer)
  }
}

function refuseFailedAllocation(backend: BackendWasm): void {
  const move = backend.move.bind(backend)
  backend.move = (dataId, values, shape, dtype, refCount) => {
    const bytes = dtype === 'string' ? 0 : util.sizeFromShape(shape) * util.bytesPerElement(dtype)
    // Its addresses are 32 bits: a larger request would be taken modulo 2³².
    if (bytes > addressableBytes) throw outOfMemory(bytes)
    try {
      move(dataId, values, shape, dtype, refCount)
    } catch (error) {
      throw error instanceof Error && error.name === 'RuntimeError'
        ? outOfMemory(bytes, error)
        : error
    }
    if (bytes === 0 || backend.dataIdMap.get(dataId).memoryOffset !== 0) return
    backend.dataIdMap.delete(dataId)
    throw outOfMemory(bytes)
  }
}

const addressableBytes = 2 ** 32 - 2 ** 16

function outOfMemory(bytes: number, cause?: Error): BackendError {
  return new BackendError(
    'OUT_OF_MEMORY',
    `wasm: expected room for ${(bytes / 2 ** 20).toFixed(1)} MB, received none: WebAssembly's memory is full. ` +
      'Use a smaller batch, or the native backend.',
    cause ? { cause } : {},
  )
}
