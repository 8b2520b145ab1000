import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../run-cli.js'
import { runHere } from '../run-here.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-learning-'))
})
afterAll(() => rm(folder, { recursive: true }))

const small = '--fc1 32 --fc2 0 --batch-size 32 --limit-val-batches 8 --limit-test-batches 1'

interface FitJson {
  status: string
  findings: { code: string; message: string; tryNext: string }[]
  runDir: string
}

describe('a fit that does not learn', () => {
  it('says so last, in --json, in the run folder and at the top of the report', async () => {
    const line = `fit --lr 10 --limit-train-batches 40 ${small} --report`
    const { code, stdout, stderr } = await runCli([...line.split(' '), '--json'], { cwd: folder })
    expect(code, stderr).toBe(0)
    const { status, findings, runDir } = JSON.parse(stdout) as FitJson
    expect(status).toBe('completed')
    expect(findings[0]).toMatchObject({ code: 'LOSS_ROSE' })
    const [{ message, tryNext }] = findings as [FitJson['findings'][number]]
    expect(tryNext).toContain('ductus fit --lr 0.001')
    const said = stderr.trimEnd().split('\n')
    const after = said.slice(said.findIndex((text) => text.startsWith('Best checkpoint: ')) + 1)
    expect(after).toContain(`warning: ${message} ${tryNext}`)
    expect(after.filter((text) => text.startsWith('warning: '))).toHaveLength(findings.length)
    const html = await readFile(join(runDir, 'report.html'), 'utf8')
    expect(html.indexOf('Did it learn?</h2>')).toBeGreaterThan(0)
    expect(html.indexOf('Did it learn?</h2>')).toBeLessThan(html.indexOf('Summary</h2>'))
    expect(html).toContain(message)
  })

  it('names a learning rate that is too small', async () => {
    const root = `--root-dir ${join(folder, 'small-rate')}`
    const { stderr } = await runHere(`fit --lr 1e-9 --limit-train-batches 30 ${small} ${root}`)
    expect(stderr).toMatch(
      /^warning: The training loss hardly moved: from 2\.\d+ to 2\.\d+\. The learning rate, 1e-9, is likely too small: try lr 0\.001 /m,
    )
  })

  it('is silent where it learns', async () => {
    const root = `--root-dir ${join(folder, 'learns')}`
    const { stdout, stderr } = await runHere(
      `fit --limit-train-batches 150 ${small} ${root} --json`,
    )
    expect((JSON.parse(stdout) as FitJson).findings).toEqual([])
    expect(stderr).not.toContain('warning:')
  })
})
