import { groupDigits } from '../images/colour-bar.js'
import type { NetworkLayer } from './network-layer.js'

/** Sums up a network's cost in a sentence: what is biggest for storage, and for compute. */
export function costWords(layers: readonly NetworkLayer[]): string {
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0)
  const macs = layers.reduce((sum, layer) => sum + layer.macs, 0)
  const most = (field: 'parameters' | 'macs') =>
    layers.reduce((a, b) => (b[field] > a[field] ? b : a), layers[0] as NetworkLayer)
  const share = (value: number, whole: number) => `${((100 * value) / (whole || 1)).toFixed(0)} %`
  const [store, compute] = [most('parameters'), most('macs')]
  return (
    `${groupDigits(parameters)} parameters (${((parameters * 4) / 1e6).toFixed(2)} MB as float32), ` +
    `${groupDigits(macs)} multiply-accumulates an image. Biggest for storage: ${store.name} ` +
    `(${share(store.parameters, parameters)}); for compute: ${compute.name} (${share(compute.macs, macs)}).`
  )
}
