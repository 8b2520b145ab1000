import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fromExactJson } from '../files/exact-json.js'
import { TrainingError } from '../training-error.js'
import { checkpointFormat, type CheckpointManifest } from './checkpoint-manifest.js'

/** A checkpoint that was read and found whole. */
export interface Checkpoint {
  /** Absolute path of its folder. */
  path: string
  manifest: CheckpointManifest
  /** Bytes of each file named in the manifest. */
  files: ReadonlyMap<string, Uint8Array>
}

/**
 * Reads a checkpoint folder and checks that it is one, of a version known here, and whole: length and sha256 of each
 * file. Runs nothing that it reads.
 *
 * @throws TrainingError `CHECKPOINT_MISSING`, `CHECKPOINT_FOREIGN` or `CHECKPOINT_DAMAGED`, naming the file
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const folder = resolve(path)
  const manifest = await readManifest(folder)
  const files = new Map<string, Uint8Array>()
  for (const [name, expected] of Object.entries(manifest.files)) {
    if (name.split('/').some((part) => part === '' || part === '..') || name.startsWith('/')) {
      throw damaged(folder, `a path inside the folder, received ${JSON.stringify(name)}`)
    }
    const bytes = await readFile(join(folder, ...name.split('/'))).catch((cause: unknown) => {
      throw damaged(folder, `the file ${name}, received none`, cause)
    })
    if (bytes.byteLength !== expected.bytes) {
      throw damaged(folder, `${name} of ${expected.bytes} bytes, received ${bytes.byteLength}`)
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (sha256 !== expected.sha256) {
      throw damaged(folder, `${name} with sha256 ${expected.sha256}, received ${sha256}`)
    }
    files.set(name, bytes)
  }
  return { path: folder, manifest, files }
}

async function readManifest(folder: string): Promise<CheckpointManifest> {
  const path = join(folder, 'checkpoint.json')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TrainingError(
      'CHECKPOINT_MISSING',
      `Checkpoint: expected a folder with a checkpoint.json, received ${folder}. ` +
        'Give a folder such as runs/default/version_0/checkpoints/<name>.',
      { cause },
    )
  })
  let content: unknown
  try {
    content = fromExactJson(text)
  } catch (cause) {
    throw damaged(folder, 'checkpoint.json in JSON, received something else', cause)
  }
  const { format, version, files } = (content ?? {}) as Partial<CheckpointManifest>
  if (format !== checkpointFormat.format) {
    throw foreign(folder, `format "${checkpointFormat.format}"`, JSON.stringify(format))
  }
  if (version !== checkpointFormat.version) {
    throw foreign(folder, `version ${checkpointFormat.version}`, JSON.stringify(version))
  }
  if (typeof files !== 'object') throw damaged(folder, 'a list of files, received none')
  return content as CheckpointManifest
}

function foreign(folder: string, expected: string, received: string): TrainingError {
  return new TrainingError(
    'CHECKPOINT_FOREIGN',
    `Checkpoint ${folder}: expected ${expected}, received ${received}. ` +
      'Read it with the version of Ductus that wrote it.',
  )
}

function damaged(folder: string, what: string, cause?: unknown): TrainingError {
  return new TrainingError(
    'CHECKPOINT_DAMAGED',
    `Checkpoint ${folder}: expected ${what}. It is damaged: take another one.`,
    { cause },
  )
}
