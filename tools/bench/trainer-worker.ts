// The Trainer under measurement: a JSON line on stdin says what to time, one on stdout answers (see commits.mjs).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { useBackend } from '@ductus/backend'
import { Classifier, ProgressBar, Trainer } from '@ductus/training'
import { loaderOf, trainerCases } from './trainer-cases.js'

type Message =
  { cmd: 'about' } | { cmd: 'prepare'; row: { name: string } } | { cmd: 'time'; steps: number }

const { description } = await useBackend('auto')
const rootDir = mkdtempSync(join(tmpdir(), 'ductus-bench-'))
let timed: (() => Promise<object>) | undefined

/** Fits the network of one case, again and again; each answer is milliseconds per step, by the clock and by processor time. */
function fits(name: string): () => Promise<object> {
  const found = trainerCases.find((each) => each.name === name)
  if (!found) throw new Error(`no case ${name}`)
  const { make, batch, steps } = found
  const model = make()
  const loader = loaderOf(batch, steps)
  return async () => {
    const trainer = new Trainer({ rootDir, checkpointing: false, callbacks: [new ProgressBar()] })
    const before = process.cpuUsage()
    const { samplesPerSecond } = await trainer.fit(new Classifier(model), {
      trainDataLoader: () => loader,
    })
    const { user, system } = process.cpuUsage(before)
    return { ms: [(1000 * batch) / samplesPerSecond], processor: [(user + system) / 1000 / steps] }
  }
}

async function answer(message: Message): Promise<object> {
  if (message.cmd === 'about') return { name: 'Ductus', version: description }
  if (message.cmd === 'time') return timed!()
  timed = fits(message.row.name)
  return { ok: true }
}

for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line) as Message
  const result = await answer(given).catch((error: Error) => ({ error: error.stack }))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
rmSync(rootDir, { recursive: true })
