import type { DataConfig } from '@ductus/data'
import type { LoopState } from '../loops/loop-state.js'

/** Name and version of the format; readers refuse what they do not know. */
export const checkpointFormat = { format: 'ductus-checkpoint', version: 2 } as const

/** Where a tensor lies in a `.bin` file: float32 (or int32), little-endian, row-major. */
export interface StoredTensor {
  /** `layer/weight`. */
  name: string
  /** The slot of an optimizer, such as `exp_avg`; absent for weights. */
  slot?: string
  /** The model it belongs to; absent in a model's own file. */
  model?: string
  dtype: 'float32' | 'int32'
  shape: number[]
  /** Bytes from the start of the file. */
  offset: number
  /** Bytes. */
  length: number
}

/** A model in a checkpoint: how to build it again, and its weights. */
export interface StoredModel {
  /** Name of the model definition, such as `CNN`; null for a model not made by `defineModel`. */
  name: string | null
  options: Readonly<Record<string, unknown>>
  /** What the model was told of the data: dims, mapping, preprocessing. */
  config: Partial<DataConfig> | null
  seed: number | null
  /** Paper or course that describes it. */
  source: string | null
  /** The definition's source file. */
  file: string | null
  /** Tensors of `<key>/weights.bin`. */
  weights: StoredTensor[]
}

/** An optimizer in a checkpoint. */
export interface StoredOptimizer {
  name: string
  hyper: Record<string, unknown>
  /** Steps done. */
  t: number
  learningRate: number
  momentum: number | null
  /** Tensors of `optimizer.bin`. */
  slots: StoredTensor[]
}

/** What ran: exact resuming is promised where all of it is the same. */
export interface SoftwareInfo {
  ductus: string
  tensorflow: string
  node: string
  platform: string
  backend: string
  instructionSet: string | null
}

/** The contents of `checkpoint.json`. */
export interface CheckpointManifest {
  format: typeof checkpointFormat.format
  version: typeof checkpointFormat.version
  loop: LoopState
  /** By name; `model` is the first. */
  models: Record<string, StoredModel>
  optimizers: Record<string, StoredOptimizer>
  /** Gradients of an accumulation group that is not full yet: tensors of `gradients.bin`. */
  gradients: StoredTensor[]
  callbacks: Record<string, unknown>
  /** By callback: tensors of `callbacks.bin`; absent for one without. */
  callbackTensors: Record<string, StoredTensor[]>
  loggers: Record<string, unknown>
  module: { name: string; hparams: Record<string, unknown>; state: unknown }
  /** What `TrainerOptions.hparams` recorded. */
  hparams: Record<string, unknown>
  /** What the data say of themselves. */
  data: Partial<DataConfig> | null
  seed: number
  software: SoftwareInfo
  /** Length and sha256 of each other file, by its path in the folder. */
  files: Record<string, { bytes: number; sha256: string }>
}
