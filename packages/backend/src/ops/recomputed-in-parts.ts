import {
  add,
  concat,
  customGrad,
  dispose,
  engine,
  mul,
  slice,
  sum,
  tidy,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
import { variableGrads } from '../gradients/variable-grads.js'

/** What {@link recomputedInParts} computes by. */
export interface PartsOptions {
  /** How many of x's first axis make a part. */
  size: number
  /** What `compute` reads besides x and is to be differentiated by. */
  variables: readonly Variable[]
  /**
   * Computes the results of one part of x, one row a row: `[rows, …]` to `[rows, …]`. `first` is the part's place along
   * x's first axis. Called twice where gradients are wanted, so the same part must give the same results.
   */
  compute: (part: Tensor, first: number) => Tensor
}

/**
 * Computes a function of x part by part along the first axis, and keeps nothing of what it makes on the way: for the
 * gradients each part is computed again, with respect to x and to the variables, whose gradients are the sums over the
 * parts. So a step's memory is bounded by one part's, for the time of one more forward pass.
 *
 * First derivatives only.
 *
 * @see Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost
 */
export function recomputedInParts(x: Tensor, { size, variables, compute }: PartsOptions): Tensor {
  const trainable = variables.filter((each) => each.trainable)
  const places = Array.from({ length: Math.ceil(x.shape[0] / size) }, (_, i) => i * size)
  const computed = customGrad((...given) => {
    const save = given.at(-1) as unknown as (tensors: Tensor[]) => void
    save([x])
    return {
      value: concat(places.map((first) => tidy(() => compute(part(x, first, size), first)))),
      gradFunc: (dy, saved) =>
        tidy(() => {
          const [input] = saved as [Tensor]
          const dxs: Tensor[] = []
          let sums: Tensor[] | undefined
          for (const first of places) {
            const [dx, ...gradients] = partGradients(
              part(input, first, size),
              part(dy, first, size),
              trainable,
              (rows) => compute(rows, first),
            )
            dxs.push(dx!)
            sums = sums ? added(sums, gradients) : gradients
          }
          return [concat(dxs), ...(sums ?? [])]
        }),
    }
  })
  return computed(x, ...trainable)
}

function part(x: Tensor, first: number, size: number): Tensor {
  const rows = Math.min(size, x.shape[0] - first)
  return slice(x, [first, ...x.shape.slice(1).map(() => 0)], [rows, ...x.shape.slice(1)])
}

function added(sums: Tensor[], gradients: Tensor[]): Tensor[] {
  const next = sums.map((each, i) => add(each, gradients[i]!))
  dispose([sums, gradients])
  return next
}

/** Gradients of Σ compute(rows) · dy with respect to the rows, then the variables. */
function partGradients(
  rows: Tensor,
  dy: Tensor,
  variables: readonly Variable[],
  compute: (rows: Tensor) => Tensor,
): Tensor[] {
  return tidy(() => {
    const { state } = engine()
    // The pass that asks for these gradients is still on its tape.
    const tape = state.activeTape
    const input = variable(rows)
    rows.dispose()
    try {
      const wanted = [input, ...variables]
      const { grads } = variableGrads(() => sum<Scalar>(mul(compute(input), dy)), wanted)
      return wanted.map((each) => grads[each.name] ?? zerosLike(each))
    } finally {
      input.dispose()
      dy.dispose()
      state.activeTape = tape
    }
  })
}
