import type { INamespace } from 'protobufjs'

/** Fields of a message: name → [type, number], a list where the type ends in `[]`. */
type Fields = Readonly<Record<string, readonly [string, number]>>

const messages: Readonly<Record<string, Fields>> = {
  ModelProto: {
    ir_version: ['int64', 1],
    producer_name: ['string', 2],
    graph: ['GraphProto', 7],
    opset_import: ['OperatorSetIdProto[]', 8],
    metadata_props: ['StringStringEntryProto[]', 14],
  },
  OperatorSetIdProto: { domain: ['string', 1], version: ['int64', 2] },
  StringStringEntryProto: { key: ['string', 1], value: ['string', 2] },
  GraphProto: {
    node: ['NodeProto[]', 1],
    name: ['string', 2],
    initializer: ['TensorProto[]', 5],
    input: ['ValueInfoProto[]', 11],
    output: ['ValueInfoProto[]', 12],
  },
  NodeProto: {
    input: ['string[]', 1],
    output: ['string[]', 2],
    name: ['string', 3],
    op_type: ['string', 4],
    attribute: ['AttributeProto[]', 5],
  },
  AttributeProto: {
    name: ['string', 1],
    f: ['float', 2],
    i: ['int64', 3],
    s: ['bytes', 4],
    ints: ['int64[]', 8],
    type: ['int32', 20],
  },
  TensorProto: {
    dims: ['int64[]', 1],
    data_type: ['int32', 2],
    name: ['string', 8],
    raw_data: ['bytes', 9],
  },
  ValueInfoProto: { name: ['string', 1], type: ['TypeProto', 2] },
  TypeProto: { tensor_type: ['TensorType', 1] },
  TensorType: { elem_type: ['int32', 1], shape: ['TensorShapeProto', 2] },
  TensorShapeProto: { dim: ['Dimension[]', 1] },
  Dimension: { dim_value: ['int64', 1], dim_param: ['string', 2] },
}

/**
 * The part of ONNX's file format that we write, for protobufjs.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export const onnxSchema: INamespace = {
  nested: Object.fromEntries(
    Object.entries(messages).map(([message, fields]) => [
      message,
      {
        fields: Object.fromEntries(
          Object.entries(fields).map(([name, [type, id]]) => [
            name,
            type.endsWith('[]') ? { rule: 'repeated', type: type.slice(0, -2), id } : { type, id },
          ]),
        ),
      },
    ]),
  ),
}

/** ONNX's numbers for the types of a tensor's elements. */
export const elementTypes = { float: 1, int64: 7 } as const

/** ONNX's numbers for the types of an attribute. */
export const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const
