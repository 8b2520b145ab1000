import type { CsvTable } from './parse-csv.js'

/** What a run logged, row by row: where it stood, and the metrics that the row has. */
export interface MetricRow {
  epoch: number
  step: number
  samples: number
  values: ReadonlyMap<string, number>
}

/** A metric's values in the order they were logged. */
export interface MetricSeries {
  name: string
  epochs: number[]
  steps: number[]
  values: number[]
}

const places = new Set(['epoch', 'step', 'samples'])

/** All metrics of a run by name. */
export class MetricTable {
  readonly names: readonly string[]
  readonly rows: readonly MetricRow[]

  /** Takes the rows of metrics.csv: an empty cell is a metric that the row doesn't have, `NaN` one that is no number. */
  constructor(table: CsvTable) {
    this.names = table.columns.filter((name) => !places.has(name))
    this.rows = table.rows.map((cells) => {
      const values = new Map<string, number>()
      const at: Record<string, number> = {}
      table.columns.forEach((name, i) => {
        const cell = cells[i] ?? ''
        if (places.has(name)) at[name] = Number(cell)
        else if (cell !== '') values.set(name, Number(cell))
      })
      return { epoch: at.epoch ?? 0, step: at.step ?? 0, samples: at.samples ?? 0, values }
    })
  }

  /** Gives one metric's values; empty for a name that was never logged. */
  series(name: string): MetricSeries {
    const series: MetricSeries = { name, epochs: [], steps: [], values: [] }
    for (const row of this.rows) {
      const value = row.values.get(name)
      if (value === undefined) continue
      series.epochs.push(row.epoch)
      series.steps.push(row.step)
      series.values.push(value)
    }
    return series
  }
}
