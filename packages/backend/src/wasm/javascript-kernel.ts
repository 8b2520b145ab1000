import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import {
  type backend_util,
  type DataType,
  findBackend,
  getKernel,
  type KernelFunc,
  type NamedTensorInfoMap,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core'

/**
 * Makes a `wasm` kernel out of the `cpu` kernel of the same name: reads the inputs, runs it in JavaScript and uploads
 * what comes out. Slow, and right for everything that `cpu` does.
 */
export function javascriptKernel(name: string): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const wasm = backend as BackendWasm
    const cpu = findBackend('cpu') as MathBackendCPU
    const { kernelFunc } = getKernel(name, 'cpu')
    const made: TensorInfo[] = []
    const toCpu = (info: TensorInfo) => {
      const copy = copyToCpu(info, wasm, cpu)
      made.push(copy)
      // Some kernels ask their inputs for what only tensors have.
      return { ...copy, rank: copy.shape.length, size: util.sizeFromShape(copy.shape) }
    }
    try {
      const output = kernelFunc({
        inputs: mapInputs(inputs, toCpu),
        attrs: attrs ?? {},
        backend: cpu,
      })
      const outputs = Array.isArray(output) ? output : [output]
      made.push(...outputs)
      const results = outputs.map((info) => copyToWasm(info, cpu, wasm))
      return Array.isArray(output) ? results : results[0]!
    } finally {
      for (const { dataId } of made) cpu.disposeData(dataId)
    }
  }
}

type Input = TensorInfo | null | undefined | readonly Input[]

/** Keeps the form of the inputs: an array for kernels like Concat, lists within, optional ones left out. */
function mapInputs(
  inputs: NamedTensorInfoMap,
  change: (info: TensorInfo) => TensorInfo,
): NamedTensorInfoMap {
  const map = (input: Input): Input =>
    Array.isArray(input) ? input.map(map) : input && change(input as TensorInfo)
  const form = inputs as unknown as Record<string, Input> | readonly Input[]
  const moved = Array.isArray(form)
    ? map(form)
    : Object.fromEntries(Object.entries(form).map(([key, input]) => [key, map(input)]))
  return moved as unknown as NamedTensorInfoMap
}

function copyToCpu(info: TensorInfo, wasm: BackendWasm, cpu: MathBackendCPU): TensorInfo {
  const { shape, dtype } = info
  const values = wasm.readSync(info.dataId)
  if (dtype !== 'complex64') return cpu.makeTensorInfo(shape, dtype, values)
  const pairs = values as Float32Array
  const part = (offset: number) =>
    cpu.makeTensorInfo(
      shape,
      'float32',
      Float32Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + offset]!),
    )
  const [real, imag] = [part(0), part(1)]
  const complex = getKernel('Complex', 'cpu').kernelFunc({
    inputs: { real, imag },
    backend: cpu,
    attrs: {},
  })
  // The complex tensor holds references of its own to its parts.
  cpu.disposeData(real.dataId)
  cpu.disposeData(imag.dataId)
  return complex as TensorInfo
}

function copyToWasm(info: TensorInfo, cpu: MathBackendCPU, wasm: BackendWasm): TensorInfo {
  const values = ofDtype(cpu.readSync(info.dataId), info.dtype)
  return wasm.makeOutput(info.shape, info.dtype, undefined, values)
}

const arrays = {
  float32: Float32Array,
  complex64: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
}

/** A `cpu` kernel may hand out an array of another type than its output's dtype; WebAssembly gets bytes. */
function ofDtype(values: backend_util.BackendValues, dtype: DataType): backend_util.BackendValues {
  if (dtype === 'string') return values
  const Wanted = arrays[dtype]
  return values instanceof Wanted ? values : Wanted.from(values as ArrayLike<number>)
}
