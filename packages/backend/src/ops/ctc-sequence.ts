/** One sequence, as views of a batch's arrays. */
export interface CtcSequence {
  /** `[steps, classes]` */
  logits: Float32Array
  /** Without blanks. */
  labels: Int32Array
  classes: number
  blank: number
  /** `[steps, classes]`, zero before; gets the gradient of the loss. */
  gradient: Float32Array
}

/**
 * Computes the CTC loss of one sequence and its gradient, by the forward-backward algorithm of Graves et al. 2006. The
 * states are the labels with a blank before, between and after them.
 */
export function ctcSequence(sequence: CtcSequence): number {
  const { logits, labels, classes, blank, gradient } = sequence
  const steps = logits.length / classes
  const states = 2 * labels.length + 1
  if (steps === 0) return states === 1 ? 0 : Infinity
  const symbols = Int32Array.from({ length: states }, (_, s) => (s % 2 ? labels[s >> 1]! : blank))
  const normalizers = logNormalizers(logits, steps, classes)
  const emission = new Float64Array(steps * states)
  for (let t = 0; t < steps; t++) {
    for (let s = 0; s < states; s++) {
      emission[t * states + s] = logits[t * classes + symbols[s]!]! - normalizers[t]!
    }
  }
  const forward = forwardPass(emission, symbols, steps)
  const last = steps * states - 1
  const logProbability = states > 1 ? logAdd(forward[last]!, forward[last - 1]!) : forward[last]!
  if (logProbability === -Infinity) return Infinity
  const backward = backwardPass(emission, symbols, steps)
  for (let t = 0; t < steps; t++) {
    for (let c = 0; c < classes; c++) {
      gradient[t * classes + c] = Math.exp(logits[t * classes + c]! - normalizers[t]!)
    }
    for (let s = 0; s < states; s++) {
      const at = t * states + s
      gradient[t * classes + symbols[s]!]! -= Math.exp(
        forward[at]! + backward[at]! - logProbability,
      )
    }
  }
  return -logProbability
}

/** log Σ exp of each step's logits. */
function logNormalizers(logits: Float32Array, steps: number, classes: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, t) => {
    const row = logits.subarray(t * classes, (t + 1) * classes)
    let greatest = -Infinity
    for (const value of row) greatest = Math.max(greatest, value)
    let sum = 0
    for (const value of row) sum += Math.exp(value - greatest)
    return greatest + Math.log(sum)
  })
}

/** Log-probability of all ways to be in a state at a step, emissions up to that step included: `[steps, states]`. */
function forwardPass(emission: Float64Array, symbols: Int32Array, steps: number): Float64Array {
  const states = symbols.length
  const forward = new Float64Array(steps * states)
  for (let t = 0; t < steps; t++) {
    const before = (t - 1) * states
    for (let s = 0; s < states; s++) {
      let from = t === 0 ? (s < 2 ? 0 : -Infinity) : forward[before + s]!
      if (t > 0 && s > 0) from = logAdd(from, forward[before + s - 1]!)
      if (t > 0 && skips(symbols, s)) from = logAdd(from, forward[before + s - 2]!)
      forward[t * states + s] = from + emission[t * states + s]!
    }
  }
  return forward
}

/** Log-probability of all ways on from a state at a step, emissions after that step: `[steps, states]`. */
function backwardPass(emission: Float64Array, symbols: Int32Array, steps: number): Float64Array {
  const states = symbols.length
  const backward = new Float64Array(steps * states)
  for (let t = steps - 1; t >= 0; t--) {
    const ahead = (t + 1) * states
    for (let s = 0; s < states; s++) {
      const at = t * states + s
      if (t === steps - 1) {
        backward[at] = s >= states - 2 ? 0 : -Infinity
        continue
      }
      const on = (to: number): number => backward[ahead + to]! + emission[ahead + to]!
      let sum = on(s)
      if (s + 1 < states) sum = logAdd(sum, on(s + 1))
      if (s + 2 < states && skips(symbols, s + 2)) sum = logAdd(sum, on(s + 2))
      backward[at] = sum
    }
  }
  return backward
}

/** A label may follow the label before it without a blank between, unless they are the same. */
function skips(symbols: Int32Array, state: number): boolean {
  return state % 2 === 1 && state >= 2 && symbols[state] !== symbols[state - 2]
}

function logAdd(a: number, b: number): number {
  const more = a < b ? b : a
  const less = a < b ? a : b
  return less === -Infinity ? more : more + Math.log1p(Math.exp(less - more))
}
