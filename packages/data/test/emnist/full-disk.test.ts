import { execFile, execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
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

/** Runs on a disk of a size; gives what the child said and the files that it left. */
async function onSmallDisk(size: string, text = ''): Promise<{ message: string; left: string[] }> {
  const folder = await dataFolder()
  const files = await writeFiles(join(folder, 'mine'), emnistFiles('digits', 40))
  const disk = join(folder, 'disk')
  await mkdir(disk)
  const textFile = text === '' ? '' : join(folder, 'text.txt')
  if (text !== '') await writeFile(textFile, text)
  const script = `
    mount -t tmpfs -o size=${size} tmpfs '${disk}'
    '${process.execPath}' --import tsx -C @ductus/source '${child}' '${disk}' '${files}' '${textFile}'
    echo; find '${disk}' -type f -printf '%P\\n'`
  const { stdout } = await run('unshare', ['-rm', 'sh', '-c', script])
  const [message = '', ...left] = stdout.trim().split('\n')
  return { message, left }
}

describe.skipIf(!canMount())('when the disk fills', () => {
  it('leaves nothing half-written of EMNIST', async () => {
    const { message, left } = await onSmallDisk('128k')
    expect(message).toMatch(/expected to write 471000 bytes, received ENOSPC/)
    expect(message).toContain('DUCTUS_DATA_DIR')
    expect(left).toEqual([])
  })

  it('leaves nothing half-written of lines, and EMNIST whole', async () => {
    const { message, left } = await onSmallDisk('700k', '1 23 456 7890 '.repeat(300))
    expect(message).toMatch(/expected to write \d+ bytes, received ENOSPC/)
    expect(left).toHaveLength(1)
    expect(left[0]).toMatch(/^processed\/emnist\/[^/]+\.safetensors$/)
  })
})
