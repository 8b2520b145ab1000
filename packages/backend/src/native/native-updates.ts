import { engine, keep } from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type { FusedUpdates } from '../updates/fused-updates.js'
import type { NativeBackend } from './native-backend.js'

/** The optimizers' updates in one pass a tensor, in place. */
export function nativeUpdates(backend: NativeBackend): FusedUpdates {
  const optional = (slot: Variable | undefined) => (slot ? writable(backend, slot) : null)
  return {
    sgd(u) {
      if (!allFloat(u.parameter, u.gradient)) return false
      backend.addon.sgd(
        writable(backend, u.parameter),
        backend.floats(u.gradient),
        optional(u.momentumBuffer),
        u.learningRate,
        u.momentum,
        u.dampening,
        u.weightDecay,
        u.nesterov,
        u.first,
        u.gradientScale,
      )
      return true
    },
    adam(u) {
      if (!allFloat(u.parameter, u.gradient)) return false
      backend.addon.adam(
        writable(backend, u.parameter),
        backend.floats(u.gradient),
        writable(backend, u.expAvg),
        writable(backend, u.expAvgSq),
        optional(u.maxExpAvgSq),
        u.learningRate,
        u.beta1,
        u.beta2,
        u.epsilon,
        u.weightDecay,
        u.decoupled,
        1 - u.beta1 ** u.step,
        1 - u.beta2 ** u.step,
        u.gradientScale,
      )
      return true
    },
    rmsprop(u) {
      if (!allFloat(u.parameter, u.gradient)) return false
      backend.addon.rmsprop(
        writable(backend, u.parameter),
        backend.floats(u.gradient),
        writable(backend, u.squareAvg),
        optional(u.gradAvg),
        optional(u.momentumBuffer),
        u.learningRate,
        u.alpha,
        u.epsilon,
        u.weightDecay,
        u.momentum,
        u.gradientScale,
      )
      return true
    },
    adagrad(u) {
      if (!allFloat(u.parameter, u.gradient)) return false
      backend.addon.adagrad(
        writable(backend, u.parameter),
        backend.floats(u.gradient),
        writable(backend, u.sum),
        u.learningRate / (1 + (u.step - 1) * u.learningRateDecay),
        u.epsilon,
        u.weightDecay,
        u.gradientScale,
      )
      return true
    },
  }
}

function allFloat(...tensors: Tensor[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32')
}

/** The variable's values, after giving it values of its own where somebody else could see a change. */
function writable(backend: NativeBackend, variable: Variable): Float32Array {
  if (!backend.exclusive(variable)) {
    const copy = backend.output(variable.shape)
    backend.floats(copy).set(backend.floats(variable))
    const tensor = keep(engine().makeTensorFromTensorInfo(copy, backend))
    variable.assign(tensor)
    tensor.dispose()
  }
  return backend.floats(variable)
}
