import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { runHere } from './run-here.js'

/** What `fit --json` prints, as far as tests read it. */
export interface FitJson {
  runDir: string
  checkpoint: string
  metrics: Record<string, number>
}

/** Makes a folder for a file's tests, and a `fit` of a few steps whose runs go there. */
export function smallFit() {
  const folder = mkdtempSync(join(tmpdir(), 'ductus-fit-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const small =
    '--fc1 8 --fc2 0 --limit-train-batches 6 --limit-val-batches 1 --limit-test-batches 1 --num-sanity-val-steps 0'
  const fit = (line: string) => runHere(`fit ${small} --root-dir ${folder} --json ${line}`)
  return { folder, fit }
}
