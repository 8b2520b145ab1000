import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'

const run = promisify(execFile)
const child = fileURLToPath(new URL('../support/full-disk-child.ts', import.meta.url))

/** Says whether this machine lets a process mount a small disk in a name space of its own. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt'], {
      stdio: 'ignore',
    })
    return true
  } catch {
    process.stderr.write('Skipped: a disk that fills needs `unshare` and the right to mount.\n')
    return false
  }
}

/** Does a task on a disk of a size; gives what the child said and the files that it left, with their bytes. */
async function onSmallDisk(
  size: string,
  task: string,
): Promise<{ message: string; left: Record<string, number> }> {
  const disk = join(temporaryFolder(), 'disk')
  mkdirSync(disk)
  const script = `
    mount -t tmpfs -o size=${size} tmpfs '${disk}'
    '${process.execPath}' --import tsx -C @ductus/source '${child}' '${disk}' ${task}
    echo; find '${disk}' -type f -printf '%P\\t%s\\n'`
  const { stdout } = await run('unshare', ['-rm', 'sh', '-c', script])
  const [message = '', ...files] = stdout.trim().split('\n')
  const left = files.map((line) => line.split('\t')).map(([name, bytes]) => [name!, Number(bytes)])
  return { message, left: Object.fromEntries(left) as Record<string, number> }
}

describe.skipIf(!canMount())('when the disk fills', () => {
  it('a fit says which file, how much is missing and what to do, and leaves whole checkpoints', async () => {
    const { message, left } = await onSmallDisk('200k', 'fit')
    expect(message).toMatch(
      /^FILE_SYSTEM: .*\/default\/version_0\/checkpoints\/\S+: expected room for/,
    )
    expect(message).toMatch(
      /received (\d+ bytes|[\d.]+ kB) on a full disk: .* are missing\. Free some room/,
    )
    const names = Object.keys(left)
    expect(names.filter((name) => /\.tmp|\.part|lock/.test(name))).toEqual([])
    const checkpoints = new Set(
      names.flatMap((name) => /checkpoints\/([^/]+)\//.exec(name)?.[1] ?? []),
    )
    expect(checkpoints.size).toBeGreaterThan(0)
    for (const name of checkpoints) {
      const own = names.filter((each) => each.includes(`/${name}/`))
      expect(own.map((each) => each.split('/').at(-1)).sort()).toEqual([
        'checkpoint.json',
        'model.json',
        'optimizer.bin',
        'weights.bin',
      ])
    }
  }, 60_000)

  it('an appended row is there whole or not at all', async () => {
    const { message, left } = await onSmallDisk('64k', 'append')
    expect(message).toMatch(
      /^FILE_SYSTEM: .*\/rows\.csv: expected room for 4096 bytes, received 0 bytes on a full disk: 4096 bytes are missing/,
    )
    expect(left['rows.csv']! % 999).toBe(0)
    expect(left['rows.csv']).toBeGreaterThan(60_000)
  })

  it('a replaced file stays as it was', async () => {
    const { message, left } = await onSmallDisk('64k', 'replace')
    expect(message).toMatch(/^FILE_SYSTEM: .*\/rows\.csv: expected room for 65\.5 kB, received/)
    expect(left).toEqual({ 'rows.csv': 32 * 1024 })
  })

  it('predictions name their file', async () => {
    const { message } = await onSmallDisk('64k', 'predict')
    expect(message).toMatch(/^FILE_SYSTEM: .*\/predictions\.jsonl: expected room for/)
  })
})
