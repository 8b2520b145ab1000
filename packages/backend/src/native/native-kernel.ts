import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { NativeBackend } from './native-backend.js'

/** What a kernel is called with. */
export interface KernelCall<I = Record<string, TensorInfo>, A = object> {
  inputs: I
  attrs: A
  backend: NativeBackend
}

/** Computes by the addon; undefined when it does not take these shapes or types, for JavaScript to do it. */
export type NativeKernel<I, A> = (call: KernelCall<I, A>) => TensorInfo | TensorInfo[] | undefined

export type AnyNativeKernel = NativeKernel<never, never>

/** Kernels by name. */
export type KernelTable = Readonly<Record<string, AnyNativeKernel>>

/** Whether all tensors that are there are labelled float32. */
export function allFloat(...tensors: (TensorInfo | null | undefined)[]): boolean {
  for (const tensor of tensors) if (tensor && tensor.dtype !== 'float32') return false
  return true
}
