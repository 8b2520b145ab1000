import type { DataType, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core'

const float: readonly DataType[] = ['float32']
const numbers: readonly DataType[] = ['float32', 'int32']
const all: readonly DataType[] = ['float32', 'int32', 'bool']

/**
 * The dtypes that a stock `wasm` kernel gets right, where they are more than float32. Everything else goes to
 * JavaScript: the C++ behind a stock kernel reads other bits as floats without a word.
 */
const known: Record<string, readonly DataType[]> = {
  Add: numbers,
  Sub: numbers,
  Multiply: numbers,
  Equal: all,
  NotEqual: all,
  Greater: numbers,
  GreaterEqual: numbers,
  Less: numbers,
  LessEqual: numbers,
  LogicalAnd: ['bool'],
  LogicalOr: ['bool'],
  LogicalXor: ['bool'],
  LogicalNot: ['bool'],
  Select: numbers,
  Concat: all,
  Pack: all,
  Unpack: all,
  SplitV: all,
  Transpose: all,
  Tile: all,
  GatherV2: all,
  ExpandDims: all,
  OneHot: ['int32'],
  ArgMax: numbers,
  Sum: numbers,
  ZerosLike: all,
  OnesLike: all,
  // Wrong for floats too. FloorDiv: the output's dtype. Sign: numbers near 0. Windows: where all in one is negative.
  // Multinomial: other draws from the same seed. The gradients: neither what `cpu` nor what finite differences give.
  FloorDiv: [],
  Sign: [],
  MaxPoolWithArgmax: [],
  MaxPool3D: [],
  MaxPool3DGrad: [],
  Dilation2D: [],
  Dilation2DBackpropFilter: [],
  Dilation2DBackpropInput: [],
  Multinomial: [],
  Conv3DBackpropFilterV2: [],
  Conv3DBackpropInputV2: [],
}

/** Kernels that only pass a reference on, whatever the tensor holds. */
const sharing = new Set(['Reshape'])

/** Whether the stock kernel may be trusted with these inputs. */
export function stockTakes(
  kernel: string,
  inputs: NamedTensorInfoMap,
  attrs: Record<string, unknown>,
): boolean {
  if (sharing.has(kernel)) return true
  const dtypes = known[kernel] ?? float
  const infos = Object.values(inputs).filter((info): info is TensorInfo => info != null)
  if (attrs['dtype'] === 'string' || typeof attrs['value'] === 'string') return false
  return infos.every(
    ({ dtype, shape }) => (dtypes.includes(dtype) || index(kernel, dtype)) && !shape.includes(0),
  )
}

/** Kernels that take whole numbers beside their floats: indices, boxes, sizes. */
const indexed = new Set(['GatherNd', 'ScatterNd', 'CropAndResize', 'SparseToDense'])

function index(kernel: string, dtype: DataType): boolean {
  return dtype === 'int32' && indexed.has(kernel)
}
