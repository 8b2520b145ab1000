import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const tsx = pathToFileURL(require.resolve('tsx')).href
const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

/** What a run of the program left behind. */
export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

/** Where and how the program runs. */
export interface CliSetting {
  cwd?: string
  env?: Record<string, string>
  /** Called once, with the process and what it has said, when stderr has said this. */
  when?: { stderr: RegExp; then: (pid: number, stderr: string) => void }
}

/** Runs the real program from source, in a process of its own. */
export function runCli(args: readonly string[], setting: CliSetting = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', tsx, '-C', '@ductus/source', bin, ...args], {
      cwd: setting.cwd ?? process.cwd(),
      env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0', ...setting.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    let { when } = setting
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      if (when && child.pid !== undefined && when.stderr.test(stderr)) {
        const { then } = when
        when = undefined
        then(child.pid, stderr)
      }
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
