import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Activation, Addon } from '../../../native/addon.js'

/** The addon's code of an activation; undefined for one that its kernels do not fuse. */
export function activationCode(addon: Addon, name = 'linear'): number | undefined {
  return addon.activations[name as Activation]
}

/** Whether a bias is one number for each output channel, or not there. */
export function isChannelBias(bias: TensorInfo | null | undefined, channels: number): boolean {
  if (!bias) return true
  const { shape } = bias
  return shape.at(-1) === channels && shape.every((size, i) => i === shape.length - 1 || size === 1)
}
