import * as tf from '@tensorflow/tfjs-core'
import type { BackendName } from './backend-name.js'

interface ActiveBackend {
  name: BackendName
  tensorflowName: string
  /** The instruction set its kernels were chosen for, where it has several. */
  isa?: string
}

// On the engine, so that the ESM and the CommonJS copy of this package agree.
const key = Symbol.for('ductus.activeBackend')
const holder = () => tf.engine() as unknown as { [key]?: ActiveBackend }

/** Remembers what `useBackend` made active. */
export function setActiveBackend(active: ActiveBackend): void {
  holder()[key] = active
}

/** Tells what `useBackend` made active last, if TensorFlow.js still runs it; undefined before the first call. */
export function activeBackend(): ActiveBackend | undefined {
  const active = holder()[key]
  return active && tf.getBackend() === active.tensorflowName ? active : undefined
}
