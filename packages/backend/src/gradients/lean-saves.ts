import { engine, Tensor } from '@tensorflow/tfjs-core'

/** What is private in the types of TensorFlow.js' engine. */
interface Saver {
  saveTensorsForBackwardMode: (this: unknown, tensors: Tensor[]) => Tensor[]
  incRef(tensor: Tensor): void
}

/**
 * Runs `f` with ops saving what their gradients need as plain handles on the same values. TensorFlow.js clones each by
 * a kernel of its own and records that on the tape: as much work as a small op's.
 *
 * A handle has its tensor's id, by which gradients of gradients find their way. A clone's record stands before that of
 * the op whose result it is, so that they lose what flows through it.
 */
export function withLeanSaves<T>(f: () => T): T {
  const saver = engine() as unknown as Saver
  const stock = saver.saveTensorsForBackwardMode
  saver.saveTensorsForBackwardMode = (tensors) => tensors.map((tensor) => handle(saver, tensor))
  try {
    return f()
  } finally {
    saver.saveTensorsForBackwardMode = stock
  }
}

function handle(saver: Saver, { shape, dtype, dataId, id }: Tensor): Tensor {
  const same = new Tensor(shape, dtype, dataId, id)
  same.kept = true
  saver.incRef(same)
  return same
}
