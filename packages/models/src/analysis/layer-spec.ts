/** One number for both axes, or `[rows, columns]`. */
export type Pair = number | readonly [number, number]

interface Named {
  /** Defaults to its kind and place, such as `conv1`. */
  readonly name?: string | undefined
  /** Names of the layers that it reads, or `input`. Defaults to the one before. */
  readonly inputs?: readonly string[] | undefined
}

/** A convolution. */
export interface ConvSpec extends Named {
  readonly kind: 'conv'
  readonly filters: number
  readonly kernelSize: Pair
  /** Defaults to 1. */
  readonly strides?: Pair | undefined
  /** Zeros on every side, or tf.layers' words. Defaults to 0. */
  readonly padding?: Pair | 'same' | 'valid' | undefined
  /** Defaults to 1. */
  readonly dilation?: Pair | undefined
  /** Whether there is a bias a filter, none, or one a unit of the output (LeCun 1990). Defaults to true. */
  readonly useBias?: boolean | 'unit' | undefined
  /** How many of the input's channels each filter reads. Defaults to all. */
  readonly fanInChannels?: number | undefined
}

/** A fully connected layer. */
export interface DenseSpec extends Named {
  readonly kind: 'dense'
  readonly units: number
  /** Defaults to true. */
  readonly useBias?: boolean | undefined
}

/** Pooling over windows. */
export interface PoolSpec extends Named {
  readonly kind: 'maxPool' | 'avgPool'
  readonly size: Pair
  /** Defaults to `size`. */
  readonly strides?: Pair | undefined
  /** Defaults to `valid`. */
  readonly padding?: 'same' | 'valid' | undefined
}

/** A layer that cuts an image into windows, each of which the layers after it see as an image of its own. */
export interface WindowsSpec extends Named {
  readonly kind: 'windows'
  /** In pixels. */
  readonly width: number
  /** In pixels. */
  readonly stride: number
  /** Defaults to as many as fit. */
  readonly count?: number | undefined
}

/** A layer that takes some channels of a map. */
export interface SelectSpec extends Named {
  readonly kind: 'select'
  /** How many. */
  readonly channels: number
}

/** A layer that brings a map's numbers into another shape. */
export interface ReshapeSpec extends Named {
  readonly kind: 'reshape'
  readonly shape: readonly number[]
}

/** A layer that cuts rows and columns off a map. */
export interface CropSpec extends Named {
  readonly kind: 'crop'
  /** `[[top, bottom], [left, right]]`, in pixels. */
  readonly cropping: readonly [readonly [number, number], readonly [number, number]]
}

/** A layer that puts zeros around a map. */
export interface PadSpec extends Named {
  readonly kind: 'pad'
  /** `[[top, bottom], [left, right]]`, in pixels. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]]
}

/** A layer that the arithmetic doesn't know: its shape and its weights are what it says itself. */
export interface OtherSpec extends Named {
  readonly kind: 'other'
  /** Its class, such as `UpSampling2D`. */
  readonly layer: string
  readonly outputShape: readonly number[]
  /** Its tensors of weights. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[]
  /** Multiply-accumulates for one image; undefined where nobody knows. */
  readonly macs: number | undefined
  /** Whether each number of its output is computed from the one in its place alone. */
  readonly pointwise: boolean
}

/** A layer without a size of its own. */
export interface PlainSpec extends Named {
  readonly kind:
    | 'flatten'
    | 'globalAvgPool'
    | 'batchNorm'
    | 'dropout'
    | 'relu'
    | 'sigmoid'
    | 'tanh'
    | 'scaledTanh'
    | 'add'
    | 'concat'
    | 'unitBias'
}

/** What the arithmetic needs to know of a layer. */
export type LayerSpec =
  | ConvSpec
  | DenseSpec
  | PoolSpec
  | WindowsSpec
  | SelectSpec
  | ReshapeSpec
  | CropSpec
  | PadSpec
  | OtherSpec
  | PlainSpec

/** Turns a {@link Pair} into two numbers. */
export function pairOf(value: Pair): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value
}
