import { add, engine, util } from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { leanGradients } from './lean-gradients.js'

/** One recorded op, as TensorFlow.js' tape has it. */
export interface TapeNode {
  kernelName: string
  inputs: Record<string, Tensor>
  outputs: Tensor[]
  saved: Tensor[]
  gradient?: (dys: (Tensor | undefined)[]) => Record<string, () => Tensor>
}

/**
 * Walks a tape backwards from a scalar and gives the gradients of `wanted`, in order; undefined for one that the scalar
 * does not depend on. Frees what an op saved, and the gradients of its results, as soon as the op is done: TensorFlow.js
 * keeps both until the whole pass is over, which doubles the memory of a training step.
 *
 * Runs in the scope that it frees from: gradients of the caller's own tensors are left alone.
 */
export function backwardPass(
  tape: readonly TapeNode[],
  y: Tensor,
  dy: Tensor,
  wanted: readonly Tensor[],
): (Tensor | undefined)[] {
  const dependent = dependents(tape, wanted)
  const final = new Set(wanted.map(({ id }) => id))
  const gradients = new Gradients(dy.scopeId)
  gradients.add(y.id, dy)
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i]!
    if (dependent.has(node) && node.outputs.some(({ id }) => gradients.has(id))) {
      through(node, gradients, dependent)
    }
    for (const output of node.outputs) if (!final.has(output.id)) gradients.drop(output.id)
    for (const tensor of node.saved) tensor.dispose()
  }
  return wanted.map(({ id }) => gradients.get(id))
}

/** The nodes that depend on the wanted tensors, with the inputs through which they do. */
function dependents(
  tape: readonly TapeNode[],
  wanted: readonly Tensor[],
): Map<TapeNode, [name: string, input: Tensor][]> {
  const reached = new Set(wanted.map(({ id }) => id))
  const nodes = new Map<TapeNode, [string, Tensor][]>()
  for (const node of tape) {
    const inputs = Object.entries(node.inputs).filter(([, input]) => reached.has(input.id))
    if (inputs.length === 0) continue
    nodes.set(node, inputs)
    for (const output of node.outputs) reached.add(output.id)
  }
  return nodes
}

function through(
  node: TapeNode,
  gradients: Gradients,
  dependent: Map<TapeNode, [string, Tensor][]>,
): void {
  if (!node.gradient) {
    throw new Error(`Cannot compute gradient: gradient function not found for ${node.kernelName}.`)
  }
  const dys = node.outputs.map(({ id }) => gradients.get(id))
  const lean = dys[0] && leanGradients[node.kernelName]?.(dys[0], node)
  const makers = lean ? { x: lean } : node.gradient(dys)
  for (const [name, input] of dependent.get(node)!) {
    const make = makers[name]
    if (!make) {
      throw new Error(
        `Cannot backprop through input ${name}. Available gradients found: ${Object.keys(makers).join()}.`,
      )
    }
    const gradient = engine().tidy(make)
    if (!util.arraysEqual(gradient.shape, input.shape)) {
      throw new Error(
        `Error in gradient for op ${node.kernelName}. The gradient of input '${name}' has shape ` +
          `'${gradient.shape.join()}', which does not match the shape of the input '${input.shape.join()}'`,
      )
    }
    // An op may hand on a tensor that it saved, which is about to be freed.
    gradients.add(input.id, node.saved.includes(gradient) ? gradient.clone() : gradient)
  }
}

/** Gradients by the id of their tensor. One gradient may stand for several tensors; the last to go frees it. */
class Gradients {
  private readonly byId = new Map<number, Tensor>()
  private readonly uses = new Map<Tensor, number>()

  constructor(private readonly scopeId: number) {}

  has(id: number): boolean {
    return this.byId.has(id)
  }

  get(id: number): Tensor | undefined {
    return this.byId.get(id)
  }

  add(id: number, gradient: Tensor): void {
    const before = this.byId.get(id)
    if (!before) {
      this.set(id, gradient)
      return
    }
    const sum = add(before, gradient)
    // Counted as used for a moment, so that it goes if nobody else has it.
    this.set(id, gradient)
    this.release(before)
    this.set(id, sum)
    this.release(gradient)
  }

  drop(id: number): void {
    const gradient = this.byId.get(id)
    if (!gradient) return
    this.byId.delete(id)
    this.release(gradient)
  }

  private set(id: number, gradient: Tensor): void {
    this.byId.set(id, gradient)
    this.uses.set(gradient, (this.uses.get(gradient) ?? 0) + 1)
  }

  private release(gradient: Tensor): void {
    const uses = this.uses.get(gradient)! - 1
    if (uses > 0) {
      this.uses.set(gradient, uses)
      return
    }
    this.uses.delete(gradient)
    // A gradient function may hand on a tensor of the user's.
    if (!gradient.kept && gradient.scopeId === this.scopeId) gradient.dispose()
  }
}
