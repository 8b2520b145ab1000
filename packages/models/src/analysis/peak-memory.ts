import { sizeOf, type ShapedLayer } from './shape-layers.js'

/** Counts the numbers that are alive at once when each map is let go after its last reader. */
export function peakMemory(layers: readonly ShapedLayer[], inputSize: number): number {
  const lastReader = new Map<string, number>()
  for (const [i, layer] of layers.entries()) {
    for (const name of layer.inputs) lastReader.set(name, i)
  }
  const alive = new Map([['input', inputSize]])
  let peak = inputSize
  for (const [i, layer] of layers.entries()) {
    alive.set(layer.name, layer.windows * sizeOf(layer.outputShape))
    peak = Math.max(peak, total(alive))
    for (const name of layer.inputs) if (lastReader.get(name) === i) alive.delete(name)
  }
  return peak
}

function total(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((a, b) => a + b, 0)
}
