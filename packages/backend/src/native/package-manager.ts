import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const commands = {
  npm: 'npm install ',
  pnpm: 'pnpm add ',
  yarn: 'yarn add ',
  bun: 'bun add ',
  deno: 'deno add npm:',
}
type PackageManager = keyof typeof commands

const lockFiles: Record<string, PackageManager> = {
  'package-lock.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'deno.lock': 'deno',
}

/** The command that adds a package, by the manager that started this process, else by the nearest lock file. */
export function addCommand(
  spec: string,
  { env = process.env, folder = process.cwd() } = {},
): string {
  const manager = ofAgent(env['npm_config_user_agent']) ?? ofLockFile(folder) ?? 'npm'
  return commands[manager] + spec
}

function ofAgent(agent = ''): PackageManager | undefined {
  const name = agent.split('/')[0]!
  return name in commands ? (name as PackageManager) : undefined
}

function ofLockFile(folder: string): PackageManager | undefined {
  const found = Object.keys(lockFiles).find((name) => existsSync(join(folder, name)))
  if (found) return lockFiles[found]
  const parent = dirname(folder)
  return parent === folder ? undefined : ofLockFile(parent)
}
