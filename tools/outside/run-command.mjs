import { spawnSync } from 'node:child_process'

/** Runs a command in `cwd` and returns what it printed; throws with its output when it fails or takes too long. */
export function run(command, args, cwd, { timeout = 300_000, env = process.env } = {}) {
  const file = command === 'node' ? process.execPath : command
  const result = spawnSync(file, args, { cwd, env, encoding: 'utf8', timeout, maxBuffer: 1 << 27 })
  if (result.error || result.status !== 0)
    throw new Error(
      `${command} ${args.join(' ')} ended with ${result.error?.message ?? result.status}\n${(result.stdout + result.stderr).slice(-4000)}`,
    )
  return result
}
