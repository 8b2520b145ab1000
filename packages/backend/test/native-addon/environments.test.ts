import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { addonPath, hasAddon, loadAddon } from './load-addon.js'

/** Runs a script with the addon as `addon` in a process of its own. */
function run(script: string, env: Record<string, string> = {}) {
  const code = `const addon = require(${JSON.stringify(addonPath)})\n${script}`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 50_000,
  })
  return { status, stdout: stdout.trim(), stderr }
}

// What each thread computes: a convolution and a product, summed up bit by bit.
const work = `
  const g = Int32Array.of(9, 14, 14, 33, 14, 14, 40, 3, 3, 1, 1, 1, 1, 1, 1)
  const values = (n, seed) => Float32Array.from({ length: n }, (_, i) => Math.fround(Math.sin(i * seed)))
  function compute() {
    const y = new Float32Array(9 * 14 * 14 * 40), c = new Float32Array(100 * 90)
    addon.conv2dForward(g, values(9 * 14 * 14 * 33, 1), values(9 * 33 * 40, 2), null, 1, y)
    addon.sgemm(Int32Array.of(0, 0, 100, 90, 800, 0), values(80000, 3), values(72000, 4), null, c)
    return require('node:crypto').createHash('sha256').update(y).update(c).digest('hex')
  }`

describe.skipIf(!hasAddon)('environments', () => {
  it.each(['avx512', 'avx2', 'portable'] as const)(
    'takes DUCTUS_ISA=%s where the CPU has it',
    (isa) => {
      const { status, stdout, stderr } = run('console.log(addon.isa())', { DUCTUS_ISA: isa })
      if (loadAddon().isas.includes(isa))
        expect({ status, stdout }).toEqual({ status: 0, stdout: isa })
      else
        expect(stderr).toContain('expected DUCTUS_ISA to name an instruction set that this CPU has')
    },
  )

  it('refuses an unknown instruction set and a number of threads that is none', () => {
    expect(run('', { DUCTUS_ISA: 'sse9' }).stderr).toContain(
      'expected DUCTUS_ISA to be avx512, avx2 or portable, received sse9',
    )
    expect(run('', { DUCTUS_THREADS: 'many' }).stderr).toContain(
      'expected DUCTUS_THREADS to be a whole number of at least 1, received many',
    )
    for (const threads of ['0', '-1', '1.5', '3x', ' 3']) {
      expect(run('', { DUCTUS_THREADS: threads }).stderr).toContain(`received ${threads}`)
    }
  })

  it('takes the most threads it can where more are asked for', () => {
    const said = 'console.log(addon.threads() === addon.maxThreads)'
    for (const threads of ['65', '128', '1024', '99999999999999999999']) {
      expect(run(said, { DUCTUS_THREADS: threads })).toMatchObject({ status: 0, stdout: 'true' })
    }
  })

  it('takes DUCTUS_THREADS, and the cores of the affinity mask without it', () => {
    expect(run('console.log(addon.threads())', { DUCTUS_THREADS: '3' }).stdout).toBe('3')
    const [threads, cores] = run('console.log(addon.threads(), addon.cores)', {
      DUCTUS_THREADS: '',
    }).stdout.split(' ')
    expect(threads).toBe(cores)
  })

  it('computes the same bits in four worker threads at once, and exits', () => {
    const { status, stdout, stderr } = run(
      `${work}
      const { Worker, isMainThread, parentPort } = require('node:worker_threads')
      const code = ${JSON.stringify(`const addon = require(${JSON.stringify(addonPath)})`)} + '\\n' + ${JSON.stringify(work)} +
        '\\nfor (let i = 0; i < 8; i++) require("node:worker_threads").parentPort.postMessage(compute())'
      const hashes = new Set([compute()])
      let messages = 0
      for (let i = 0; i < 4; i++) {
        const worker = new Worker(code, { eval: true })
        worker.on('message', (hash) => { hashes.add(hash); messages++ })
      }
      for (let i = 0; i < 8; i++) hashes.add(compute())
      process.on('exit', () => console.log(hashes.size, messages))`,
      { DUCTUS_THREADS: '3' },
    )
    expect(stderr).toBe('')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1 32' })
  })

  it('outlives workers that are terminated in the middle of their work', () => {
    const { status, stdout } = run(
      `${work}
      const { Worker } = require('node:worker_threads')
      const code = ${JSON.stringify(`const addon = require(${JSON.stringify(addonPath)})`)} + '\\n' + ${JSON.stringify(work)} + '\\nfor (;;) { compute(); }'
      ;(async () => {
        const before = compute()
        for (let i = 0; i < 5; i++) {
          const worker = new Worker(code, { eval: true })
          await new Promise((resolve) => worker.once('online', resolve))
          await new Promise((resolve) => setTimeout(resolve, 100))
          await worker.terminate()
        }
        console.log(compute() === before)
      })()`,
      { DUCTUS_THREADS: '4' },
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'true' })
  })

  it('gives each environment its own number of threads', () => {
    const { stdout } = run(
      `const { Worker } = require('node:worker_threads')
      addon.setThreads(1)
      new Worker(${JSON.stringify(`const addon = require(${JSON.stringify(addonPath)}); addon.setThreads(4)`)}, { eval: true })
        .on('exit', () => console.log(addon.threads()))`,
    )
    expect(stdout).toBe('1')
  })

  it('exits at once when threads are waiting for work', () => {
    const start = performance.now()
    const { status } = run(`${work}\ncompute(); process.exit(0)`, { DUCTUS_THREADS: '4' })
    expect(status).toBe(0)
    expect(performance.now() - start).toBeLessThan(40_000)
  })
})
