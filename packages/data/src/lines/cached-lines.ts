import { DataError, messageOf } from '../errors/data-error.js'
import type { DataContext } from '../files/data-context.js'
import { withFileLock } from '../files/file-lock.js'
import { readSafetensors, writeSafetensors, type TensorFile } from '../formats/safetensors.js'
import type { LineMaterial } from './line-material.js'
import type { LineStyle } from './line-style.js'
import { LineWriter } from './line-writer.js'

/** Holds pictures of lines, bytes, and their targets. */
export interface LineImages {
  pictures: Uint8Array
  targets: Uint8Array
}

/** Says what lines a file holds. */
export interface LinesPlan {
  style: LineStyle
  seed: number
  counts: Readonly<Record<'train' | 'val' | 'test', number>>
}

export type LineParts = Readonly<Record<'train' | 'val' | 'test', LineImages>>

const parts = ['train', 'val', 'test'] as const

/** Reads lines from their file, or writes them and the file: keyed by `key`, made again when damaged. */
export async function cachedLines(
  path: string,
  key: string,
  plan: LinesPlan,
  material: (part: 'train' | 'val' | 'test') => LineMaterial,
  context: DataContext,
): Promise<LineParts> {
  const ready = await fromFile(path, key, context)
  if (ready !== undefined) return ready
  const build = async (): Promise<LineParts> => {
    const made = await fromFile(path, key, {})
    if (made !== undefined) return made
    const lines = {} as Record<'train' | 'val' | 'test', LineImages>
    for (const part of parts) lines[part] = writeLines(plan, part, material(part), context)
    await writeSafetensors(path, toFile(lines, plan, key))
    return lines
  }
  return withFileLock(`${path}.lock`, build, context.signal)
}

function writeLines(
  { style, seed, counts }: LinesPlan,
  part: 'train' | 'val' | 'test',
  material: LineMaterial,
  context: DataContext,
): LineImages {
  const writer = new LineWriter(material, style)
  const total = counts[part]
  const pictures = new Uint8Array(new SharedArrayBuffer(total * writer.size))
  const targets = new Uint8Array(new SharedArrayBuffer(total * style.maxLength))
  for (let index = 0; index < total; index++) {
    const key = { seed, part, epoch: 0, index }
    writer.write(key, pictures, index * writer.size, targets, index * style.maxLength)
    if (index % 1000 === 0) {
      context.signal?.throwIfAborted()
      const task = `lines for ${part}`
      context.reporter?.progress?.({ task, done: index, total, unit: 'items' })
    }
  }
  return { pictures, targets }
}

async function fromFile(
  path: string,
  key: string,
  context: DataContext,
): Promise<LineParts | undefined> {
  let file: TensorFile | undefined
  try {
    file = await readSafetensors(path)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    context.reporter?.warn?.(`${messageOf(error)} It is made again.`)
    return undefined
  }
  if (file === undefined || file.metadata.key !== key) return undefined
  const lines: Partial<Record<string, LineImages>> = {}
  for (const part of parts) {
    const pictures = file.tensors[`x_${part}`]?.data
    const targets = file.tensors[`y_${part}`]?.data
    if (pictures === undefined || targets === undefined) return undefined
    lines[part] = { pictures, targets }
  }
  return lines as LineParts
}

function toFile(lines: LineParts, { style, seed, counts }: LinesPlan, key: string): TensorFile {
  const tensors: Record<string, { shape: number[]; data: Uint8Array }> = {}
  for (const part of parts) {
    const { pictures, targets } = lines[part]
    const width = 28 * style.maxLength
    tensors[`x_${part}`] = { shape: [counts[part], 28, width], data: pictures }
    tensors[`y_${part}`] = { shape: [counts[part], style.maxLength], data: targets }
  }
  const metadata = {
    format: 'ductus.emnist-lines',
    version: '1',
    key,
    seed: String(seed),
    style: JSON.stringify(style),
  }
  return { tensors, metadata }
}
