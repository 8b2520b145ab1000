import { scriptReport } from './script-report.mjs'

/** What `--rows` finds the lines' bench by. */
export const linesName = 'lines of handwriting'

/** Runs the bench of synthetic lines (packages/data/bench/lines-bench.ts): medians and their ratios, beside NumPy. */
export const linesReport = (rounds) => scriptReport('packages/data/bench/lines-bench.ts', rounds)

/** The figures as a Markdown table. */
export function linesText({ medians, ratios }) {
  const amount = (name, value) =>
    name.startsWith('seconds') ? `${value.toFixed(2)} s` : `${Math.round(value)} lines/s`
  const rows = [
    ...Object.entries(medians).map(([name, value]) => [name, amount(name, value)]),
    ...ratios.map(({ name, ratio }) => [name, (ratio ?? NaN).toFixed(2)]),
  ]
  return [
    '| synthetic lines | |',
    '| --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}
