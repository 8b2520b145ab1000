import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs Node in a process of its own and waits for its end, whatever that is. */
export async function runNode(
  args: string[],
  { cwd, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const options = { ...(cwd ? { cwd } : {}), env: { ...process.env, ...env }, timeout: 50_000 }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options)
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as Ended
    return { code, stdout, stderr }
  }
}
