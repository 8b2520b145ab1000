import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import { util } from '@tensorflow/tfjs-core'
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core'
import type { Addon, Movable } from '../../native/addon.js'
import { memoryPoolKey } from '../memory-pool.js'
import type { MemoryPool } from '../memory-pool.js'
import { fusedUpdatesKey } from '../updates/fused-updates.js'
import { ArrayPool } from './array-pool.js'
import type { ArrayPoolOptions } from './array-pool.js'
import { nativeUpdates } from './native-updates.js'

type Values = backend_util.BackendValues

/**
 * Runs TensorFlow.js on the C++ addon. Every tensor is an ordinary typed array, as in the `cpu` backend that it
 * extends, so kernels of both work side by side.
 *
 * Result arrays of our kernels come from a pool and go back there when their tensor is disposed of, unless somebody
 * else can see them by then: whoever read the tensor, or another tensor whose values are a view of the same buffer.
 */
export class NativeBackend extends MathBackendCPU {
  readonly addon: Addon
  readonly pool: ArrayPool
  readonly [fusedUpdatesKey] = nativeUpdates(this)
  readonly [memoryPoolKey]: MemoryPool

  constructor(addon: Addon, options: ArrayPoolOptions) {
    super()
    this.addon = addon
    this.pool = new ArrayPool(options)
    this[memoryPoolKey] = poolControl(this)
    // The banner of the cpu backend advises another package.
    ;(this as unknown as { firstUse: boolean }).firstUse = false
  }

  /** Makes a float32 tensor whose values the caller writes, every one. */
  output(shape: number[]): TensorInfo {
    return this.adopt(this.pool.take(util.sizeFromShape(shape)), shape, 'float32')
  }

  /** Makes a tensor with values of the same array type as `values`. */
  outputLike(values: Movable, shape: number[], dtype: DataType): TensorInfo {
    const length = util.sizeFromShape(shape)
    if (values instanceof Float32Array) return this.adopt(this.pool.take(length), shape, dtype)
    const array = values instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length)
    return this.adopt(array, shape, dtype)
  }

  /** Makes a tensor of an array that nobody else holds. */
  adopt(values: Movable, shape: number[], dtype: DataType): TensorInfo {
    const dataId = {}
    this.data.set(dataId, { values, dtype, refCount: 1 })
    return { dataId, shape, dtype }
  }

  /** Makes a tensor that shares another's values, as a clone or a reshape does. */
  alias(tensor: TensorInfo, shape: number[] = tensor.shape): TensorInfo {
    this.incRef(tensor.dataId)
    return { dataId: tensor.dataId, shape, dtype: tensor.dtype }
  }

  /** The live values of a tensor, whatever their type: labels and arrays can differ. */
  values(tensor: TensorInfo): Values | undefined {
    return this.data.get(tensor.dataId).values
  }

  /** The live values of a float32 tensor, converted where another kernel left another array type. */
  floats(tensor: TensorInfo): Float32Array {
    const values = this.data.get(tensor.dataId).values
    return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>)
  }

  /** The values of an int32 tensor, converted where another kernel left another array type. */
  integers(tensor: TensorInfo): Int32Array {
    const values = this.data.get(tensor.dataId).values
    return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>)
  }

  /** The live values if data-moving kernels take them. */
  movable(tensor: TensorInfo): Movable | undefined {
    const values = this.data.get(tensor.dataId).values
    if (values instanceof Float32Array) return values
    return values instanceof Int32Array || values instanceof Uint8Array ? values : undefined
  }

  /** Whether a tensor's values may be changed in place: nobody else has them. */
  exclusive(tensor: TensorInfo): boolean {
    const { values, refCount } = this.data.get(tensor.dataId)
    return refCount === 1 && values instanceof Float32Array && this.pool.owns(values)
  }

  /** Every tensor of given values: the user's, or the result of a JavaScript kernel, perhaps a view of its input. */
  override write(values: Values, shape: number[], dtype: DataType): object {
    if (ArrayBuffer.isView(values)) this.pool.escape(values)
    return super.write(values, shape, dtype)
  }

  override readSync(dataId: object): Values {
    const { values } = this.data.get(dataId)
    if (ArrayBuffer.isView(values)) this.pool.escape(values)
    return super.readSync(dataId)
  }

  override move(
    dataId: object,
    values: Values,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (ArrayBuffer.isView(values)) this.pool.escape(values)
    super.move(dataId, values, shape, dtype, refCount)
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true
    const data = this.data.get(dataId)
    data.refCount--
    if (!force && data.refCount > 0) return false
    const parts = data.complexTensorInfos
    if (parts) {
      this.disposeData(parts.real.dataId, true)
      this.disposeData(parts.imag.dataId, true)
    }
    this.data.delete(dataId)
    if (data.values instanceof Float32Array) this.pool.give(data.values)
    return true
  }

  override dispose(): void {
    this[memoryPoolKey].release()
  }
}

function poolControl({ pool, addon }: NativeBackend): MemoryPool {
  return {
    get pooledBytes() {
      return pool.pooledBytes
    },
    get limitBytes() {
      return pool.limitBytes
    },
    set limitBytes(bytes) {
      pool.limitBytes = bytes
      pool.shrink(bytes)
    },
    release() {
      pool.shrink(0)
      addon.releaseScratch()
    },
  }
}
