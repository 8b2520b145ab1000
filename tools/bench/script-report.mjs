import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup.mjs'

/** Runs a bench of its own process, `path` from the root, and gives the JSON that it writes to `--out`. */
export function scriptReport(path, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
  const out = join(folder, 'report.json')
  const args = ['tsx', '-C', '@ductus/source', join(root, path), rounds, '--out', out]
  try {
    const { status } = spawnSync('npx', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`${path} ended with ${status}`)
    return JSON.parse(readFileSync(out, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
