import { execFile, execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { dataFolder } from '../helpers/data-folder.js'
import { emnistFiles, writeFiles } from '../helpers/emnist-files.js'

const run = promisify(execFile)
const child = fileURLToPath(new URL('../helpers/full-disk-child.ts', import.meta.url))

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

it.skipIf(!canMount())('leaves nothing half-written when the disk fills', async () => {
  const folder = await dataFolder()
  const files = await writeFiles(join(folder, 'mine'), emnistFiles('digits', 40))
  const disk = join(folder, 'disk')
  await mkdir(disk)
  const script = `
    mount -t tmpfs -o size=128k tmpfs '${disk}'
    '${process.execPath}' --import tsx -C @ductus/source '${child}' '${disk}' '${files}'
    echo; find '${disk}' -type f`
  const { stdout } = await run('unshare', ['-rm', 'sh', '-c', script])
  const [message = '', ...left] = stdout.trim().split('\n')
  expect(message).toMatch(/expected to write 471000 bytes, received ENOSPC/)
  expect(message).toContain('DUCTUS_DATA_DIR')
  expect(left).toEqual([])
})
