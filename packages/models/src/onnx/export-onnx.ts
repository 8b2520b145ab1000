import { namedWeights } from '@ductus/backend'
import type * as tfl from '@tensorflow/tfjs-layers'
import { findModelInfo } from '../model-info.js'
import { OnnxGraph } from './onnx-graph.js'
import { toChannelsFirst, writeLayer } from './onnx-layers.js'
import { elementTypes, onnxSchema } from './onnx-schema.js'

type Weights = ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>

/**
 * Writes a model as an ONNX file (opset 17): input `images` `[batch, height, width, channels]`, output `logits`. Dropout
 * is left out, batch norm is in inference. The classes' names are in the metadata, as JSON under `mapping`.
 *
 * @throws ModelError `BAD_DEFINITION` that names a layer or an activation which has no form in ONNX here
 */
export async function exportOnnx(model: tfl.LayersModel): Promise<Uint8Array> {
  const { default: protobuf } = await import('protobufjs')
  const weights = new Map(
    await Promise.all(
      namedWeights(model).map(async ({ name, variable }) => {
        const values = (await variable.data()) as Float32Array
        return [name, { shape: variable.shape, values }] as const
      }),
    ),
  )
  const graph = new OnnxGraph()
  const output = writeModel(
    graph,
    weights,
    model,
    toChannelsFirst(graph, 'channels_first', 'images'),
    '',
  )
  // A map goes out as the model gives it, channels last.
  if (model.outputs[0]!.shape.length === 4) {
    graph.node('Transpose', 'logits', [output], { perm: [0, 2, 3, 1] })
  } else graph.node('Identity', 'logits', [output])
  const Model = protobuf.Root.fromJSON(onnxSchema).lookupType('ModelProto')
  const info = findModelInfo(model)
  const metadata = info && {
    model: info.name,
    options: JSON.stringify(info.options),
    mapping: JSON.stringify(info.config.mapping),
    source: info.source,
  }
  const message = Model.fromObject({
    ir_version: 8,
    producer_name: 'ductus',
    opset_import: [{ domain: '', version: 17 }],
    metadata_props: Object.entries(metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: graph.nodes,
      initializer: graph.constants,
      input: [valueInfo('images', model.inputs[0]!.shape)],
      output: [valueInfo('logits', model.outputs[0]!.shape)],
    },
  })
  return Model.encode(message).finish()
}

/** Writes a model's layers; `input` is its input, channels first where it is a map. */
function writeModel(
  graph: OnnxGraph,
  weights: Weights,
  model: tfl.LayersModel,
  input: string,
  prefix: string,
): string {
  const outputs = new Map<string, string>()
  for (const layer of model.layers) {
    const path = prefix + layer.name
    if (layer.getClassName() === 'InputLayer') {
      outputs.set(layer.name, input)
      continue
    }
    const sources = layer.inboundNodes[0]!.inboundLayers
    const output = writeLayer({
      graph,
      layer,
      path,
      inputs: sources.map((source) =>
        // A sequential model does not list its input among its layers.
        source.getClassName() === 'InputLayer' ? input : outputs.get(source.name)!,
      ),
      weight: (name) => weights.get(`${path}/${name}`),
      within: (inner, x, name) => writeModel(graph, weights, inner, x, `${name}/`),
    })
    outputs.set(layer.name, output)
  }
  return outputs.get(model.outputs[0]!.sourceLayer.name)!
}

function valueInfo(name: string, shape: readonly (number | null)[]): object {
  const dim = shape.map((size, i) =>
    size === null ? { dim_param: i === 0 ? 'batch' : `size${i}` } : { dim_value: size },
  )
  return { name, type: { tensor_type: { elem_type: elementTypes.float, shape: { dim } } } }
}
