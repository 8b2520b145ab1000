import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** Starts `fit-child.ts`, and waits until a file is there. */
export async function startFitChild(
  rootDir: string,
  pauseMs: number,
  file: string,
): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('fit-child.ts', import.meta.url))
  const args = ['--import', 'tsx', '-C', '@ductus/source', script, rootDir, 'cpu', String(pauseMs)]
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`the child ended with ${child.exitCode}`)
    await sleep(20)
  }
  return child
}

/** Kills a process at once, and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await gone
}
