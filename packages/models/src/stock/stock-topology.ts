import type * as tfl from '@tensorflow/tfjs-layers'
import { hasStockForm, type StockEntry } from './stock-entry.js'

type Reference = [layer: string, node: number, tensor: number, ...rest: unknown[]]

interface ContainerJson {
  config: { layers: StockEntry[]; output_layers: Reference[] | Reference }
}

/** Writes a model's topology with stock layers in the place of ours. */
export function stockTopology(model: tfl.LayersModel): Record<string, unknown> {
  const topology = model.toJSON(null, false) as unknown as ContainerJson
  useStockLayers(topology, model)
  return { ...topology }
}

function useStockLayers({ config }: ContainerJson, container: tfl.LayersModel): void {
  const form = (entry: StockEntry): StockEntry[] => {
    const layer = container.getLayer(entry.name)
    return hasStockForm(layer) ? layer.stockForm(entry) : [entry]
  }
  const outputs = new Map(config.layers.map((entry) => [entry.name, form(entry).at(-1)!.name]))
  const rename = (references: unknown) => {
    renameReferences(references, outputs)
  }
  for (const entry of config.layers) {
    rename(entry.inbound_nodes)
    const layer = container.getLayer(entry.name)
    if ('layers' in layer && !hasStockForm(layer))
      useStockLayers(entry as unknown as ContainerJson, layer as tfl.LayersModel)
  }
  rename(config.output_layers)
  config.layers = config.layers.flatMap(form)
}

/** References are lists `[layer, node, tensor, …]`, at any depth of lists. */
function renameReferences(references: unknown, names: ReadonlyMap<string, string>): void {
  if (!Array.isArray(references)) return
  const list = references as unknown[]
  const [layer] = list
  if (typeof layer === 'string') list[0] = names.get(layer) ?? layer
  else for (const item of list) renameReferences(item, names)
}
