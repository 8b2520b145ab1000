// What loggers and --profile cost a training step, in processor time: a busy machine stretches the clock, not this.
// Rows are logged by hand, thousands in a row; a step's own time is a fit's without loggers in one thread, over the cores, as
// if they shared the work evenly: the shares are upper bounds.
//
// usage: npm run bench:logging -- [rows]
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  CSVLogger,
  JSONLLogger,
  MLflowLogger,
  silentReporter,
  TensorBoardLogger,
  Trainer,
  type Logger,
} from '@ductus/training'
import { Profiler } from '../../packages/training/src/profiler/profiler.js'
import { loaderOf, trainerCases } from './trainer-cases.js'

/** Steps between two rows, unless told otherwise. */
const logEveryNSteps = 50
const goal = 0.01

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Milliseconds of processor time a row, what is done behind the run's back included. */
async function rowCost(make: () => Logger, rows: number, folder: string): Promise<number> {
  const logger = make()
  const run = { runDir: folder, name: 'cost', version: 0, hparams: { lr: 1e-3 } }
  await logger.open?.({ ...run, resumed: false, reporter: silentReporter })
  const log = (step: number): void => {
    const metrics = { 'train/loss_step': 1 / (step + 1), 'train/acc_step': 0.5, lr: 1e-3 }
    const at = { kind: 'step' as const, epoch: 0, step, samples: 128 * step, seconds: step }
    logger.log({ ...at, metrics, samplesPerSecond: undefined, waitedForData: undefined })
  }
  for (let step = 0; step < rows / 10; step++) log(step)
  await logger.flush?.()
  const start = processorMs()
  for (let step = 0; step < rows; step++) {
    log(step)
    // As a run does at its steps: what was queued gets its turn.
    if (step % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await logger.flush?.()
  return (processorMs() - start) / rows
}

/** Milliseconds of processor time a step over the cores, and spans that a step's profile holds. */
async function stepOf({ make, batch, steps }: (typeof trainerCases)[number], cores: number) {
  const model = make()
  const fit = async (length: number, profile: boolean) => {
    const trainer = new Trainer({ rootDir: false, checkpointing: false, profile })
    return trainer.fit(new Classifier(model), { trainDataLoader: () => loaderOf(batch, length) })
  }
  await fit(10, false)
  const start = processorMs()
  await fit(3 * steps, false)
  const ms = (processorMs() - start) / (3 * steps) / cores
  const spans = async (length: number): Promise<number> =>
    (await fit(length, true)).profile!.rows.reduce((sum, { calls }) => sum + calls, 0)
  // The table's calls, less those of the run itself; and the step's own span, which counts under `other`.
  return { ms, spans: (await spans(30)) - (await spans(29)) + 1 }
}

/** Milliseconds of processor time a span. */
function spanCost(spans: number): number {
  const profiler = new Profiler(() => performance.now())
  const work = (count: number): void => {
    for (let i = 0; i < count; i += 4) {
      profiler.begin('step', 'other', i)
      profiler.begin('forward')
      profiler.next('backward')
      profiler.end()
      profiler.begin('optimizer')
      profiler.end()
      profiler.end()
    }
  }
  work(spans / 10)
  const start = processorMs()
  work(spans)
  return (processorMs() - start) / spans
}

const rows = Number(process.argv[2] ?? 5000)
const { description } = await useBackend('auto', { threads: 1 })
const cores = availableParallelism()
const folder = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
const script = fileURLToPath(new URL('answering-server.mjs', import.meta.url))
const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
const port = await new Promise<string>((resolve) =>
  server.stdout.once('data', (text) => resolve(String(text))),
)
console.log(`${description}; ${rows} rows a logger, processor time\n`)
const steps = []
for (const each of trainerCases) steps.push({ ...each, ...(await stepOf(each, cores)) })
const titles = steps.flatMap(({ name, ms }) => [
  `share of a step of the ${name} (${ms.toFixed(2)} ms), a row every ${logEveryNSteps}`,
  'a row every step',
])
console.log(`| logger | µs a row | ${titles.join(' | ')} |\n|${' --- |'.repeat(2 + titles.length)}`)
const share = (value: number): string => `${(100 * value).toFixed(3)} %${value > goal ? ' ✗' : ''}`
const loggers: [string, () => Logger][] = [
  ['CSVLogger', () => new CSVLogger()],
  ['JSONLLogger', () => new JSONLLogger()],
  ['TensorBoardLogger', () => new TensorBoardLogger()],
  ['MLflowLogger', () => new MLflowLogger({ trackingUri: `http://127.0.0.1:${port}` })],
]
for (const [name, make] of loggers) {
  const cost = await rowCost(make, rows, folder)
  const shares = steps.flatMap(({ ms }) => [
    share(cost / logEveryNSteps / ms),
    `${((100 * cost) / ms).toFixed(1)} %`,
  ])
  console.log(`| ${[name, (1000 * cost).toFixed(1), ...shares].join(' | ')} |`)
}
const span = spanCost(400_000)
console.log(`\nprofile: ${(1e6 * span).toFixed(0)} ns a span`)
for (const { name, ms, spans } of steps) {
  const cost = span * spans
  console.log(
    `  ${name}: ${spans} spans a step, ${(1000 * cost).toFixed(1)} µs, ${share(cost / ms)} of it`,
  )
}
rmSync(folder, { recursive: true })
server.kill()
