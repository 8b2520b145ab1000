import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a child ended: what it printed last, or the signal that ended it. */
export interface ChildEnd {
  signal: NodeJS.Signals | null
  result: unknown
}

/** Runs `fit-child.ts`; sends it a signal so many milliseconds after it began to fit. */
export function runFitChild(
  rootDir: string,
  backend: string,
  pauseMs: number,
  kill?: { signal: NodeJS.Signals; afterMs: number },
): Promise<ChildEnd> {
  const script = fileURLToPath(new URL('fit-child.ts', import.meta.url))
  const args = [
    '--import',
    'tsx',
    '-C',
    '@ductus/source',
    script,
    rootDir,
    backend,
    String(pauseMs),
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let complained = ''
  let timer: NodeJS.Timeout | undefined
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => {
    const began = printed === ''
    printed += chunk.toString()
    if (began && kill) timer = setTimeout(() => child.kill(kill.signal), kill.afterMs)
  })
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code !== 0 && signal === null) reject(new Error(complained))
      const last = printed.trim().split('\n').at(-1)!
      resolve({ signal, result: last.startsWith('{') ? JSON.parse(last) : undefined })
    })
  })
}
