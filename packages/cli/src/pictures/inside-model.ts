import type { KernelTensor, NetworkLayer } from '@ductus/viz'
import type { LayerSpec } from '@ductus/models/analysis'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** Takes the kernels of all convolutions, with their names. */
export async function kernelsOf(model: LayersModel): Promise<KernelTensor[]> {
  const { namedWeights } = await import('@ductus/backend')
  const kernels = namedWeights(model).filter(({ variable }) => variable.shape.length === 4)
  return Promise.all(
    kernels.map(async ({ layer, variable }) => ({
      name: layer,
      data: (await variable.data()) as Float32Array,
      shape: variable.shape,
    })),
  )
}

/** Lists a network's layers with shapes and costs. */
export async function networkLayersOf(
  model: LayersModel,
  inputDims: readonly number[],
): Promise<NetworkLayer[]> {
  const { layerSpecs } = await import('@ductus/models')
  const { costOf } = await import('@ductus/models/analysis')
  const specs = layerSpecs(model)
  const byName = new Map(specs.map((spec) => [spec.name, spec]))
  return costOf(specs, inputDims).layers.map((layer) => {
    const spec = byName.get(layer.name)
    const detail = spec ? detailOf(spec) : ''
    return {
      name: layer.name,
      kind: spec?.kind === 'other' ? spec.layer : layer.kind,
      outputShape: layer.outputShape,
      parameters: layer.parameterCount,
      macs: layer.macs ?? 0,
      ...(detail === '' ? {} : { detail }),
      ...(spec?.inputs ? { inputs: spec.inputs } : {}),
    }
  })
}

function detailOf(spec: LayerSpec): string {
  const pair = (value: number | readonly [number, number]) =>
    typeof value === 'number' ? [value, value] : value
  const short = (value: number | readonly [number, number]) => [...new Set(pair(value))].join(' × ')
  if (spec.kind === 'conv') {
    const padding = spec.padding ?? 0
    return [
      pair(spec.kernelSize).join(' × '),
      `stride ${short(spec.strides ?? 1)}`,
      `padding ${typeof padding === 'string' ? padding : short(padding)}`,
    ].join(', ')
  }
  if (spec.kind === 'maxPool' || spec.kind === 'avgPool') {
    return `${pair(spec.size).join(' × ')}, stride ${short(spec.strides ?? spec.size)}`
  }
  if (spec.kind === 'other' && spec.macs === undefined) return 'multiply-accumulates unknown'
  if (spec.kind === 'windows') return `width ${spec.width}, stride ${spec.stride}`
  return ''
}
