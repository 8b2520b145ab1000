// `npm run bench`: every system in turn, round after round in one run, so that a busy moment of the machine hits all alike;
// medians and their ratios to the best PyTorch. Prints a table and keeps JSON.
//
// usage: npm run bench -- [--set engine | zoo | lines] [--threads 1,2] [--isa avx512,avx2] [--rows TEXT] [--rounds N] [--out FILE.json] [--skip wasm]
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, root } from '../setup.mjs'
import { linesName, linesReport, linesText } from './lines.mjs'
import { sets } from './rows.mjs'
import { median, spread } from './statistics.mjs'
import { systems } from './systems.mjs'
import { table } from './table.mjs'
import { trainerName, trainerReport, trainerText } from './trainer.mjs'
import { Worker } from './worker.mjs'

const { values: options } = parseArgs({
  options: {
    set: { type: 'string', default: 'engine' },
    threads: { type: 'string', default: '2' },
    isa: { type: 'string', default: '' },
    rows: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    out: { type: 'string', default: join(root, '.bench', 'last.json') },
    skip: { type: 'string', default: '' },
  },
})
if (!Object.hasOwn(sets, options.set))
  throw new Error(`--set: expected ${Object.keys(sets).join(' or ')}, received ${options.set}.`)
build()
const rows = sets[options.set]
const results = []
const peers = new Map()
for (const threads of options.threads.split(',').map(Number))
  for (const isa of options.isa.split(',')) {
    const all = systems(threads, isa).filter(
      ({ name }) => !options.skip || !name.includes(options.skip),
    )
    for (const system of all) peers.set(system.name, system.absent ?? 'present')
    for (const row of rows) {
      if (!row.name.toLowerCase().includes(options.rows.toLowerCase())) continue
      results.push(
        await measure(
          row,
          all.filter((system) => takesPart(system, row)),
          threads,
          isa,
        ),
      )
      const [line] = table(results.slice(-1)).split('\n').slice(-1)
      console.log(line)
    }
  }
const lines =
  options.set !== 'zoo' && linesName.includes(options.rows.toLowerCase())
    ? linesReport(options.rounds)
    : undefined
const trainer =
  options.set === 'engine' && trainerName.includes(options.rows.toLowerCase())
    ? trainerReport(options.rounds)
    : undefined
const report = {
  machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version },
  peers: Object.fromEntries(peers),
  results,
  trainer,
  lines,
}
mkdirSync(dirname(options.out), { recursive: true })
writeFileSync(options.out, JSON.stringify(report, null, 1) + '\n')
console.log(
  `\n${report.machine.cpu}, ${report.machine.cores} cores, Node ${report.machine.node}\n\n${results.length > 0 ? `${table(results)}\n` : ''}`,
)
if (lines) console.log(`${linesText(lines)}\n`)
if (trainer) console.log(`${trainerText(trainer)}\n`)
for (const [name, state] of peers) if (state !== 'present') console.log(`absent: ${name}: ${state}`)
console.log(`kept in ${options.out}`)

function takesPart({ absent, kinds, nets, tinyOnly }, row) {
  if (tinyOnly && !row.tiny) return false
  return !absent && kinds.includes(row.kind) && (!nets || !row.net || nets.includes(row.net))
}

/** Times one row on all systems: a warm-up, then `rounds` rounds in alternating order, each of about 0.4 s. */
async function measure(row, taking, threads, isa) {
  const running = []
  for (const system of taking) {
    const worker = new Worker(system.command, system.args, system.env)
    try {
      const about = await worker.ask({ cmd: 'about' })
      await worker.ask({ cmd: 'prepare', row })
      const first = (await worker.ask({ cmd: 'time', steps: 1 })).ms[0]
      const warm = system.slow ? [first] : (await worker.ask({ cmd: 'time', steps: 3 })).ms
      running.push({
        system,
        worker,
        about,
        steps: Math.max(1, Math.min(400, Math.round(400 / median(warm)))),
        ms: [],
      })
    } catch (error) {
      worker.end()
      running.push({ system, error: error.message })
    }
  }
  const able = running.filter(({ error }) => !error)
  for (let round = 0; round < Number(options.rounds); round++)
    for (const entry of round % 2 ? able.toReversed() : able) {
      if (entry.system.slow && round > 1) continue
      entry.ms.push(median((await entry.worker.ask({ cmd: 'time', steps: entry.steps })).ms))
    }
  const figures = running.map(({ system, worker, about, ms, error }) => {
    if (error) return { system: system.name, group: system.group, error }
    const peakMiB = worker.peakMemoryMiB()
    worker.end()
    return {
      system: system.name,
      group: system.group,
      about,
      ms: median(ms),
      spread: spread(ms),
      peakMiB,
    }
  })
  const best = Math.min(
    ...figures.filter(({ group, ms }) => group === 'pytorch' && ms).map(({ ms }) => ms),
  )
  for (const figure of figures) figure.ratio = figure.ms / best
  return {
    row: row.name,
    ...(row.zoo && { zoo: row.zoo }),
    goal: row.goal,
    threads,
    isa: isa || 'best',
    figures,
  }
}
