import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What is known of this machine's NVIDIA graphics cards. */
export type GpuPresence =
  { present: true; devices: string[]; driver?: string } | { present: false; reason: string }

/**
 * Looks for an NVIDIA GPU: `nvidia-smi`, then `/proc/driver/nvidia`. Both come with the driver, so a card
 * without one is "not present": nothing could run on it. An empty `CUDA_VISIBLE_DEVICES` hides every card.
 */
export async function detectGpu(): Promise<GpuPresence> {
  const visible = process.env['CUDA_VISIBLE_DEVICES']
  if (visible === '' || visible === '-1') {
    return { present: false, reason: `CUDA_VISIBLE_DEVICES is "${visible}"` }
  }
  return (await askNvidiaSmi()) ?? (await readProc()) ?? none
}

const none: GpuPresence = {
  present: false,
  reason: 'neither nvidia-smi nor /proc/driver/nvidia tells of one',
}

async function askNvidiaSmi(): Promise<GpuPresence | undefined> {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader']
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 5_000 })
    const rows = stdout.split('\n').map((line) => line.split(',').map((cell) => cell.trim()))
    const devices = rows.flatMap(([name]) => (name ? [name] : []))
    const driver = rows[0]?.[1]
    return devices.length > 0
      ? { present: true, devices, ...(driver ? { driver } : {}) }
      : undefined
  } catch {
    return undefined
  }
}

async function readProc(): Promise<GpuPresence | undefined> {
  const folder = '/proc/driver/nvidia/gpus'
  try {
    const cards = await readdir(folder)
    const devices = await Promise.all(
      cards.map(async (card) => {
        const text = await readFile(join(folder, card, 'information'), 'utf8')
        return /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? card
      }),
    )
    return devices.length > 0 ? { present: true, devices } : undefined
  } catch {
    return undefined
  }
}
