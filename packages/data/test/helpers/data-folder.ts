import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes an empty data folder that goes when the test ends. */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ductus-data-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Computes the SHA-256 of bytes. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Writes a `metadata.toml` of one's own, as a user with mirrors of his own does. */
export async function writeMetadata(
  dataDir: string,
  dataset: string,
  files: Readonly<Record<string, Buffer>>,
  mirrors: readonly string[],
): Promise<void> {
  const entries = Object.entries(files).map(([name, bytes]) => {
    const urls = mirrors.map((mirror) => `"${mirror}/${name}"`).join(', ')
    return `[[files]]\nname = "${name}"\nsize = ${bytes.length}\nsha256 = "${sha256(bytes)}"\nurls = [${urls}]\n`
  })
  const head = `format = "ductus.dataset-files"\nversion = 1\nname = "${dataset}"\ntitle = "${dataset}"\n`
  const folder = join(dataDir, 'raw', dataset)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'metadata.toml'), [head, ...entries].join('\n'))
}
