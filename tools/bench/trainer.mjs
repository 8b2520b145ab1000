import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup.mjs'

/** What `--rows` finds the Trainer's bench by. */
export const trainerName = 'trainer over a hand-written loop'

/** Runs the bench of what the Trainer adds to a loop written by hand (trainer-overhead.ts). */
export function trainerReport(rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
  const out = join(folder, 'trainer.json')
  const script = join(root, 'tools/bench/trainer-overhead.ts')
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
export function trainerText(results) {
  const share = (value) => `${(100 * value).toFixed(1)} %`
  return [
    '| Trainer over a hand-written loop | by hand, ms a step | Trainer, ms a step | overhead | in processor time | goal |',
    '| --- | --- | --- | --- | --- | --- |',
    ...results.map(({ name, handMs, trainerMs, overhead, processorOverhead, goal }) => {
      const mark = overhead > goal ? ' ✗' : ''
      const cells = [name, handMs.toFixed(3), trainerMs.toFixed(3), `${share(overhead)}${mark}`]
      return `| ${[...cells, share(processorOverhead), share(goal)].join(' | ')} |`
    }),
  ].join('\n')
}
