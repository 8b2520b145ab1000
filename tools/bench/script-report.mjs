import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup.mjs'

/** Runs a bench in a process of its own, `path` in the `tree` of a commit, and returns the JSON that it writes to `--out`. */
export function scriptReport(path, rounds, tree = root) {
  const folder = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
  const out = join(folder, 'report.json')
  const args = ['tsx', '-C', '@ductus/source', join(tree, path), rounds, '--out', out]
  try {
    const { status } = spawnSync('npx', args, { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`${path} ended with ${status}`)
    return JSON.parse(readFileSync(out, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
