/** A layer as a model's JSON lists it. */
export interface StockEntry {
  class_name: string
  name: string
  config: Record<string, unknown>
  inbound_nodes: unknown[]
}

/** What a stock layer needs besides its place in the network. */
export interface StockStep {
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
}

/** A layer of ours that plain TensorFlow.js lacks says here what it is made of. */
export interface HasStockForm {
  /** Writes the layer as stock ones, the output last; the one with the weights bears the layer's own name. */
  stockForm(entry: StockEntry): StockEntry[]
}

/** Says whether a layer has a stock form of its own. */
export function hasStockForm(layer: unknown): layer is HasStockForm {
  return typeof (layer as Partial<HasStockForm> | undefined)?.stockForm === 'function'
}

/**
 * Puts stock layers in a row in the place of one layer. The one at `named`, by default the last, keeps the layer's
 * name and with it its weights' names; the others are named after it and their class.
 */
export function chain(
  entry: StockEntry,
  steps: readonly StockStep[],
  named = steps.length - 1,
): StockEntry[] {
  const entries: StockEntry[] = []
  for (const [i, step] of steps.entries()) {
    const name = i === named ? entry.name : `${entry.name}_${step.className.toLowerCase()}${i}`
    const before = entries.at(-1)
    entries.push({
      class_name: step.className,
      name,
      config: { ...step.config, name },
      inbound_nodes: before
        ? entry.inbound_nodes.map((_, node) => [[before.name, node, 0, {}]])
        : entry.inbound_nodes,
    })
  }
  return entries
}
