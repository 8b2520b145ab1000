// `npm run bench:commits`: is this commit slower than another? Both are built and timed in turns in one session, the old one
// twice: what the old commit differs from itself by is the noise of the machine, and what lies within it is equal.
//
// usage: npm run bench:commits -- OLD [--rounds 15] [--rows TEXT] [--out FILE.json]
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, must, root } from '../setup.mjs'
import { linesName } from './lines.mjs'
import { sets } from './rows.mjs'
import { scriptReport } from './script-report.mjs'
import { median } from './statistics.mjs'
import { Worker } from './worker.mjs'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '15' },
    rows: { type: 'string', default: '' },
    out: { type: 'string', default: join(root, '.bench', 'commits.json') },
  },
})
const [old] = positionals
if (old === undefined)
  throw new Error('bench:commits: expected the old commit, received nothing. Give its hash.')
const rounds = Number(options.rounds)
const folder = mkdtempSync(join(tmpdir(), 'ductus-commits-'))
const before = join(folder, 'old')
try {
  build()
  checkOut()
  report(await measureAll())
} finally {
  spawnSync('git', ['worktree', 'remove', '--force', before], { cwd: root })
  rmSync(folder, { recursive: true, force: true })
}

/** Brings the old commit into a folder of its own, built; the measuring scripts are this commit's. */
function checkOut() {
  must('git', ['worktree', 'add', '--detach', before, old])
  cpSync(join(root, 'tools', 'bench'), join(before, 'tools', 'bench'), { recursive: true })
  must(process.execPath, [join(before, 'tools', 'setup.mjs')], { cwd: before })
}

/** The rows: steps of networks, and fits by the Trainer. */
function rowsOf() {
  const steps = sets.engine.filter(({ tiny }) => !tiny).map((row) => ({ ...row, figure: 'ms' }))
  const fits = ['MLP, batch 128', 'strided CNN, batch 32'].flatMap((name) => [
    { name, label: `Trainer: ${name}, by the clock`, trainer: true, figure: 'ms' },
    { name, label: `Trainer: ${name}, processor time`, trainer: true, figure: 'processor' },
  ])
  return [...steps, ...fits].filter(({ name, label }) =>
    (label ?? name).toLowerCase().includes(options.rows.toLowerCase()),
  )
}

function start(tree, row) {
  const worker = row.trainer
    ? ['--import', 'tsx', '-C', '@ductus/source', join(tree, 'tools/bench/trainer-worker.ts')]
    : ['--expose-gc', join(tree, 'tools/bench/ductus-worker.mjs'), 'native']
  return new Worker(process.execPath, worker, { DUCTUS_THREADS: '2' })
}

async function measureAll() {
  const results = []
  for (const row of rowsOf()) {
    const result = await measure(row)
    results.push(result)
    console.log(line(result))
  }
  if (linesName.includes(options.rows.toLowerCase())) {
    const lines = measureLines()
    for (const result of lines) console.log(line(result))
    results.push(...lines)
  }
  return results
}

/** Times one row: old, old again and new, in another order each round. */
async function measure(row) {
  const runs = [before, before, root].map((tree) => ({ worker: start(tree, row), values: [] }))
  const steps = await prepare(runs, row)
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < runs.length; i++) {
      const { worker, values } = runs[(i + round) % runs.length]
      const answer = await worker.ask({ cmd: 'time', steps })
      values.push(median(answer[row.figure]))
    }
  }
  for (const { worker } of runs) worker.end()
  return compared(
    row.label ?? row.name,
    runs.map(({ values }) => values),
  )
}

/** Times the loaders of synthetic lines, each round in processes of their own: milliseconds per 1,000 lines. */
function measureLines() {
  const runs = [before, before, root].map((tree) => ({ tree, values: {} }))
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < runs.length; i++) {
      const { tree, values } = runs[(i + round) % runs.length]
      const { medians } = scriptReport('packages/data/bench/lines-bench.ts', '1', tree)
      for (const [name, value] of Object.entries(medians)) {
        if (!name.startsWith('NumPy'))
          (values[name] ??= []).push(name.startsWith('seconds') ? 1000 * value : 1e6 / value)
      }
    }
  }
  return Object.keys(runs[0].values).map((name) =>
    compared(
      `lines: ${name}`,
      runs.map(({ values }) => values[name]),
    ),
  )
}

/** Compares a row's values: of the old commit, the old one again, and the new one. */
function compared(row, [first, second, changed]) {
  const oldBoth = first.map((value, i) => (value + second[i]) / 2)
  const again = ratios(second, first)
  const ratio = median(ratios(changed, oldBoth))
  return {
    row,
    oldMs: median(oldBoth),
    newMs: median(changed),
    ratio,
    sameRatio: median(again),
    // What a median of so many rounds may be off by, from the old commit beside itself.
    spread: noise(again),
  }
}

async function prepare(runs, row) {
  const warm = []
  for (const { worker } of runs) {
    await worker.ask({ cmd: 'prepare', row })
    warm.push(median((await worker.ask({ cmd: 'time', steps: 5 })).ms))
  }
  return Math.max(1, Math.min(400, Math.round(400 / median(warm))))
}

function ratios(values, by) {
  return values.map((value, i) => value / by[i])
}

/** Half the width of the middle 80 % of the ratios. */
function noise(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)]
  return (at(0.9) - at(0.1)) / 2
}

function line({ row, oldMs, newMs, ratio, sameRatio, spread }) {
  const slower = ratio - 1 > Math.max(spread, Math.abs(sameRatio - 1))
  const cells = [row, oldMs.toFixed(3), newMs.toFixed(3), ratio.toFixed(3), sameRatio.toFixed(3)]
  return `| ${[...cells, `±${(100 * spread).toFixed(1)} %`, slower ? 'slower ✗' : 'equal or faster'].join(' | ')} |`
}

function report(results) {
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version }
  if (!existsSync(dirname(options.out))) mkdirSync(dirname(options.out), { recursive: true })
  writeFileSync(options.out, `${JSON.stringify({ machine, old, rounds, results }, null, 1)}\n`)
  console.log(
    [
      `\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${rounds} rounds, ${old} twice and this commit in turns\n`,
      '| work | old, ms | new, ms | new / old | old / old | spread of old / old | |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...results.map(line),
    ].join('\n'),
  )
}
