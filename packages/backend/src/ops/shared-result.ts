import { engine } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

type EngineState = ReturnType<typeof engine>['state']

/**
 * Makes several gradients that one kernel computes together lazy: the kernel runs when the first is asked for, and
 * not at all when none is.
 *
 * The tape asks for each gradient inside a tidy of its own, which would dispose of the others. So the kernel runs in
 * the scope that is open now, when the gradient function is called: that one lasts until the backward pass ends.
 */
export function sharedResult(compute: () => Tensor[]): (index: number) => Tensor {
  const { state } = engine()
  const scope = state.activeScope
  let results: Tensor[] | undefined
  return (index) => {
    results ??= inScope(state, scope, compute)
    return results[index]!
  }
}

/** Runs `compute` with an outer scope on top of the stack, so that its tensors belong there. */
function inScope<T>(state: EngineState, scope: EngineState['activeScope'], compute: () => T): T {
  const inner = state.activeScope
  state.scopeStack.push(scope)
  state.activeScope = scope
  try {
    return compute()
  } finally {
    state.scopeStack.pop()
    state.activeScope = inner
  }
}
