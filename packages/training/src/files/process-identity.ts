import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Names the machine whose process numbers these are: its start and, as containers count processes apart, its name space.
 * Null where the system does not tell; then the host's name must do.
 */
export function thisMachine(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return null
  }
}

/**
 * Says when a process of this machine began, in the system's own words: with its number that is one process, whatever
 * has the number later. Undefined where there is no such process, null where the system does not tell.
 */
export function processStart(pid: number): string | null | undefined {
  if (!exists(pid)) return undefined
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

/** Field 22 of `/proc/<pid>/stat`: clock ticks since the machine began. A zombie is no process any more. */
function fromProc(pid: number): string | null | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return exists(pid) ? null : undefined
  }
  // The second field is a name in brackets, which may hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? null)
}

function fromPs(pid: number): string | null {
  if (process.platform === 'win32') return null
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
    const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env })
    return said.trim() || null
  } catch {
    return null
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
