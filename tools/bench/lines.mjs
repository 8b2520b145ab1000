import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup.mjs'

/** What `--rows` finds the lines' bench by. */
export const linesName = 'lines of handwriting'

/** Runs the bench of synthetic lines (packages/data/bench/lines-bench.ts): medians and their ratios, beside NumPy. */
export function linesReport(rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
  const out = join(folder, 'lines.json')
  const script = join(root, 'packages/data/bench/lines-bench.ts')
  const args = ['tsx', '-C', '@ductus/source', script, rounds, '--out', out]
  try {
    const { status } = spawnSync('npx', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`${script} ended with ${status}`)
    return JSON.parse(readFileSync(out, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

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
