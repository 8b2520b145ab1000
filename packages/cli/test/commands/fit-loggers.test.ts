import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runHere } from '../run-here.js'

let folder = ''
const before = process.env.MLFLOW_TRACKING_URI
beforeAll(async () => {
  delete process.env.MLFLOW_TRACKING_URI
  folder = await mkdtemp(join(tmpdir(), 'ductus-loggers-'))
})
afterAll(async () => {
  if (before !== undefined) process.env.MLFLOW_TRACKING_URI = before
  await rm(folder, { recursive: true })
})

const small =
  '--fc1 8 --fc2 0 --limit-train-batches 6 --limit-val-batches 1 --limit-test-batches 1 --num-sanity-val-steps 0'
const fit = (line: string) => runHere(`fit ${small} --root-dir ${folder} ${line}`)

it('prints where the time went, and what waited for data, with --profile', async () => {
  const { code, stdout, stderr } = await fit('--profile --json')
  expect(code).toBe(0)
  const { runDir } = JSON.parse(stdout) as { runDir: string }
  const lines = stderr.split('\n')
  const start = lines.findIndex((line) => line.startsWith('Where the time went'))
  const end = lines.findIndex((line, i) => i > start && line.startsWith('all '))
  const rows = lines.slice(start + 1, end)
  const names = rows.map((row) => row.split(/ {2,}/)[0])
  for (const name of ['data', 'forward', 'backward', 'optimizer', 'callback ProgressBar']) {
    expect(names).toContain(name)
  }
  expect(names.at(-1)).toBe('other')
  const shares = rows.map((row) => Number(/([\d.]+) %$/.exec(row)?.[1]))
  // Each is rounded to a tenth.
  expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(
    0.05 * rows.length,
  )
  expect(existsSync(join(runDir, 'trace.json'))).toBe(true)
  expect(stderr).toMatch(/samples\/s, waited for data [\d.]+ %\)/)
})

it('logs to several places at once, an MLflow server among them', async () => {
  const calls: { path: string; body: Record<string, unknown> }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const path = request.url!.replace('/api/2.0/mlflow/', '')
      calls.push({ path, body: text === '' ? {} : (JSON.parse(text) as object as never) })
      const run = { info: { run_id: 'abc' } }
      response.end(JSON.stringify({ run, experiment: { experiment_id: '3' } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const line = `--logger csv,jsonl --logger mlflow --mlflow-uri ${address} --experiment digits --json`
  const { code, stdout } = await fit(line)
  server.close()
  expect(code).toBe(0)
  const { runDir, metrics } = JSON.parse(stdout) as {
    runDir: string
    metrics: Record<string, number>
  }
  expect(calls[0]!.path).toBe('experiments/get-by-name?experiment_name=digits')
  const sent = calls.flatMap(({ body }) => (body.metrics ?? []) as { key: string; value: number }[])
  for (const [key, value] of Object.entries(metrics)) {
    expect(sent.some((each) => each.key === key && each.value === value)).toBe(true)
  }
  expect(calls.some(({ body }) => body.status === 'FINISHED')).toBe(true)
  const rows = (name: string) => readFileSync(join(runDir, name), 'utf8').trim().split('\n').length
  expect(rows('metrics.csv')).toBe(1 + rows('metrics.jsonl'))
})

it.each([
  ['--logger mlflow', 2, 'expected --mlflow-uri (or MLFLOW_TRACKING_URI) to be an http address'],
  ['--logger mlflow --mlflow-uri nowhere', 2, 'received nowhere'],
  ['--logger mlflow --mlflow-uri http://127.0.0.1:9', 1, 'received none'],
  ['--mlflow-uri http://127.0.0.1:9', 2, 'expected --logger mlflow beside it'],
  ['--experiment digits', 2, 'expected --logger mlflow or wandb'],
  ['--logger wandb', 1, 'npm install @wandb/sdk graphql'],
  ['--logger csv,tensorbord', 2, 'Did you mean tensorboard?'],
])('%s', async (line, expected, message) => {
  const { code, stderr } = await fit(`${line} --quiet`)
  expect(stderr).toContain(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(expected)
})
