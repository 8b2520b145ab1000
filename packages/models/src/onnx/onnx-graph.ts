import { attributeTypes, elementTypes } from './onnx-schema.js'

type Attribute = number | string | readonly number[] | { readonly float: number }

/** Collects the nodes and constants of an ONNX graph, giving each a name of its own. */
export class OnnxGraph {
  readonly nodes: object[] = []
  readonly constants: object[] = []
  private readonly used = new Map<string, number>()

  /** Adds a node with one output and gives the output's name. Attributes are whole numbers unless marked as floats. */
  node(
    operator: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const output = this.unique(name)
    this.nodes.push({
      op_type: operator,
      name: output,
      input: inputs,
      output: [output],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    })
    return output
  }

  /** Adds float32 numbers and gives their name. */
  floats(name: string, shape: readonly number[], values: Float32Array): string {
    const bytes = new Uint8Array(values.byteLength)
    const view = new DataView(bytes.buffer)
    for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true)
    return this.constant(name, shape, elementTypes.float, bytes)
  }

  /** Adds a list of whole numbers and gives its name. */
  integers(name: string, values: readonly number[]): string {
    const bytes = new Uint8Array(values.length * 8)
    const view = new DataView(bytes.buffer)
    for (const [i, value] of values.entries()) view.setBigInt64(8 * i, BigInt(value), true)
    return this.constant(name, [values.length], elementTypes.int64, bytes)
  }

  private constant(name: string, dims: readonly number[], type: number, bytes: Uint8Array): string {
    const unique = this.unique(name)
    this.constants.push({ name: unique, dims, data_type: type, raw_data: bytes })
    return unique
  }

  private unique(name: string): string {
    const count = this.used.get(name) ?? 0
    this.used.set(name, count + 1)
    return count === 0 ? name : `${name}_${count + 1}`
  }
}

function attribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: attributeTypes.int }
  if (typeof value === 'string') {
    return { name, s: new TextEncoder().encode(value), type: attributeTypes.string }
  }
  if ('float' in value) return { name, f: value.float, type: attributeTypes.float }
  return { name, ints: value, type: attributeTypes.ints }
}
