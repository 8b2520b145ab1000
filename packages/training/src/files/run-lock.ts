import { createHash, randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { TrainingError } from '../training-error.js'
import { processStart, thisMachine } from './process-identity.js'

/** Milliseconds between two signs of life, and after how many without one a process elsewhere counts as dead. */
const heartbeatMs = 10_000
const deadMs = 60_000

/** Name of the lock in a run's folder. */
export const lockName = 'run.lock'

const holderSchema = z.object({
  format: z.literal('ductus-run-lock'),
  version: z.literal(1),
  host: z.string(),
  machine: z.string().nullable(),
  pid: z.int().positive(),
  started: z.string().nullable(),
  since: z.string(),
  id: z.string(),
})

/** The process that writes to a run's folder. */
type Holder = z.infer<typeof holderSchema>

interface FoundLock {
  text: string
  holder: Holder | undefined
  /** When the holder last showed that it lives, by the file system's clock. */
  aliveAt: number
}

const held = new Map<string, string>()
let listening = false

/**
 * The right of one process to write to a run's folder: a file `run.lock` in it that says which process that is. A lock
 * whose process is dead is taken over: one of this machine by its number and start, one of another after a minute
 * without a heartbeat.
 */
export class RunLock {
  readonly #path: string
  readonly #text: string
  readonly #heartbeat: NodeJS.Timeout
  #lost = false

  private constructor(path: string, text: string) {
    this.#path = path
    this.#text = text
    this.#heartbeat = setInterval(() => void this.#beat(), heartbeatMs)
    this.#heartbeat.unref()
    held.set(path, text)
    releaseOnExit()
  }

  /**
   * Takes the lock of a run's folder.
   *
   * @throws TrainingError `RUN_IN_USE` naming the process that holds it
   */
  static async take(runDir: string): Promise<RunLock> {
    const path = join(runDir, lockName)
    const text = ownText()
    const own = join(runDir, `.${lockName}.${process.pid}.${randomUUID()}.tmp`)
    try {
      await writeNew(own, text)
      const { mtimeMs: now } = await stat(own)
      for (;;) {
        if (await linked(own, path)) return new RunLock(path, text)
        const found = await readLock(path)
        if (!found) continue
        if (isAlive(found, now)) throw inUse(runDir, found)
        if (await tookOver(runDir, found, own, now)) return new RunLock(path, text)
      }
    } finally {
      await rm(own, { force: true })
    }
  }

  /**
   * Says that the run is still this process's.
   *
   * @throws TrainingError `RUN_IN_USE` after another process took it over
   */
  async assertHeld(): Promise<void> {
    const found = await readLock(this.#path)
    if (found?.text === this.#text) return
    this.#lost = true
    throw inUse(join(this.#path, '..'), found)
  }

  /** Gives the lock back; what another process took over stays. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat)
    held.delete(this.#path)
    if (this.#lost || (await readLock(this.#path))?.text !== this.#text) return
    await rm(this.#path, { force: true })
  }

  /** Writes the same bytes again: the time of a file is then its server's, which all machines that share it see. */
  async #beat(): Promise<void> {
    const file = await open(this.#path, 'r+').catch(() => undefined)
    try {
      if (file && (await file.readFile('utf8')) === this.#text) await file.write(this.#text, 0)
    } catch {
      // The next checkpoint says what is wrong with the disk.
    } finally {
      await file?.close().catch(() => undefined)
    }
  }
}

function ownText(): string {
  const holder: Holder = {
    format: 'ductus-run-lock',
    version: 1,
    host: hostname(),
    machine: thisMachine(),
    pid: process.pid,
    started: processStart(process.pid) ?? null,
    since: new Date().toISOString(),
    id: randomUUID(),
  }
  return `${JSON.stringify(holder)}\n`
}

/**
 * Takes over from a dead holder. Challengers claim the very lock that they found, by a file named after its content:
 * one of them makes it. A claim whose process is dead is claimed in turn.
 */
async function tookOver(
  runDir: string,
  dead: FoundLock,
  own: string,
  now: number,
): Promise<boolean> {
  const path = join(runDir, lockName)
  const claims: string[] = []
  for (let current = dead; ;) {
    const claim = join(runDir, `.${lockName}.${contentId(current.text)}.claim.tmp`)
    claims.push(claim)
    if (await linked(own, claim)) break
    const found = await readLock(claim)
    // Its maker is done with it.
    if (!found) return false
    if (isAlive(found, now)) throw inUse(runDir, found)
    current = found
  }
  // Another may have taken over, and removed its claim, since the dead lock was read.
  const isSame = (await readLock(path))?.text === dead.text
  if (isSame) await rename(own, path)
  for (const claim of claims.toReversed()) await rm(claim, { force: true })
  return isSame
}

function isAlive({ holder, aliveAt }: FoundLock, now: number): boolean {
  const fresh = now - aliveAt < deadMs
  if (!holder || holder.host !== hostname() || holder.machine !== thisMachine()) return fresh
  const started = processStart(holder.pid)
  if (started === undefined) return false
  return started === null || holder.started === null ? fresh : started === holder.started
}

async function readLock(path: string): Promise<FoundLock | undefined> {
  try {
    const { mtimeMs } = await stat(path)
    const text = await readFile(path, 'utf8')
    return { text, holder: holderOf(text), aliveAt: mtimeMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Gives a file a second name, whole with its content; false where that name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    // A file system without second names, such as FAT.
    return writeNew(to, await readFile(from, 'utf8')).then(
      () => true,
      (failure: unknown) => {
        if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false
        throw failure
      },
    )
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
  } finally {
    await file.close()
  }
}

function contentId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function inUse(runDir: string, found: FoundLock | undefined): TrainingError {
  const { holder } = found ?? {}
  const who = holder
    ? `process ${holder.pid} on ${holder.host} since ${holder.since}`
    : 'another process'
  return new TrainingError(
    'RUN_IN_USE',
    `${runDir}: expected a run that no process writes to, received one of ${who}. ` +
      `Wait for it or end it; if it is certain that none does, remove ${join(runDir, lockName)}.`,
  )
}

/** A process that ends by `process.exit` or an error has no time for promises. */
function releaseOnExit(): void {
  if (listening) return
  listening = true
  process.once('exit', () => {
    for (const [path, text] of held) {
      try {
        if (readFileSync(path, 'utf8') === text) rmSync(path, { force: true })
      } catch {
        // The next process finds this one dead.
      }
    }
  })
}
