import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { labelCount } from './label-count.js'
import { idxImages, idxLabels } from './idx-files.js'
import { zipFile } from './zip-file.js'

/**
 * Makes a small EMNIST split under the official names: `perClass` training and half as many test images a label.
 * Pixel (row 2, column 5) of the stored image is 200, pixel (0, 0) the number of the image; the rest is blank.
 */
export function emnistFiles(split: string, perClass = 4): Record<string, Buffer> {
  const labels = labelCount(split)
  const files: Record<string, Buffer> = {}
  for (const [part, count] of [
    ['train', labels * perClass],
    ['test', (labels * perClass) / 2],
  ] as const) {
    const pixel = (i: number): number => {
      const at = i % 784
      if (at === 0) return Math.floor(i / 784) & 255
      return at === 2 * 28 + 5 ? 200 : 0
    }
    const images = idxImages(count, { pixel })
    const label = (i: number): number => (split === 'letters' ? 1 : 0) + (i % labels)
    files[`emnist-${split}-${part}-images-idx3-ubyte.gz`] = gzipSync(images)
    files[`emnist-${split}-${part}-labels-idx1-ubyte.gz`] = gzipSync(idxLabels(count, { label }))
  }
  return files
}

/** Writes files into a new folder. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Buffer>>,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
  return folder
}

/** Packs members as the official archive does, under `gzip/`, and places it with metadata that knows its checksums. */
export async function placeArchive(
  dataDir: string,
  members: Readonly<Record<string, Buffer>>,
  options: { known?: Readonly<Record<string, Buffer>>; spoil?: (zip: Buffer) => Buffer } = {},
): Promise<void> {
  const named = Object.fromEntries(
    Object.entries(members).map(([name, bytes]) => [`gzip/${name}`, bytes]),
  )
  const zip = (options.spoil ?? ((bytes) => bytes))(zipFile(named))
  const md5 = createHash('md5').update(zip).digest('hex')
  const entries = Object.entries(options.known ?? members).map(([name, bytes]) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return `[[files]]\nname = "${name}"\nsize = ${bytes.length}\nsha256 = "${sha256}"\nurls = []\n`
  })
  const head =
    'format = "ductus.dataset-files"\nversion = 1\nname = "emnist"\ntitle = "EMNIST"\n' +
    `[[files]]\nname = "gzip.zip"\nsize = ${zip.length}\nmd5 = "${md5}"\nurls = []\n`
  await writeFiles(join(dataDir, 'raw', 'emnist'), {
    'metadata.toml': Buffer.from([head, ...entries].join('\n')),
  })
  await writeFiles(join(dataDir, 'downloaded', 'emnist'), { 'gzip.zip': zip })
}
