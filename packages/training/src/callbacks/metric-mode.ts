/** Whether less or more of a metric is better. */
export type MetricMode = 'min' | 'max'

/** Says whether `value` is better than `than` by more than `minDelta`. NaN is never better. */
export function isBetter(value: number, than: number, mode: MetricMode, minDelta = 0): boolean {
  if (Number.isNaN(value)) return false
  if (Number.isNaN(than)) return true
  return mode === 'min' ? value < than - minDelta : value > than + minDelta
}

/** The mode that a metric's name suggests: accuracies are better when greater, all else when less. */
export function modeOf(monitor: string): MetricMode {
  return /acc|precision|recall|f1|auc/i.test(monitor.slice(monitor.lastIndexOf('/') + 1))
    ? 'max'
    : 'min'
}
