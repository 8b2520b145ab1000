/** Name and version of `parameter-history/index.json`. */
export const parameterHistoryFormat = { format: 'ductus-parameter-history', version: 1 } as const

/** Equal bins from `low` to `high`. */
export interface HistogramOptions {
  bins: number
  low: number
  high: number
}

/** The contents of `index.json`: record i of `values.bin` is of step `firstStep` + i · `everyNSteps`. */
export interface ParameterHistoryIndex {
  format: typeof parameterHistoryFormat.format
  version: typeof parameterHistoryFormat.version
  everyNSteps: number
  firstStep: number
  /** Null where the values themselves are kept. */
  histogram: HistogramOptions | null
  /** A record's tensors in order; `length` float32 values each. */
  tensors: { name: string; shape: number[]; length: number }[]
}
