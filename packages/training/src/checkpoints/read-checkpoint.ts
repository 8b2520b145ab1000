import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readSealedJson } from '../files/sealed-json.js'
import { assertState } from '../files/state-schema.js'
import { TrainingError } from '../training-error.js'
import { assertTensors } from './assert-tensors.js'
import { checkpointFormat, type CheckpointManifest } from './checkpoint-manifest.js'
import { manifestSchema } from './manifest-schema.js'

/** A checkpoint that was read and found whole. */
export interface Checkpoint {
  /** Absolute path of its folder. */
  path: string
  manifest: CheckpointManifest
  /** Bytes of each file named in the manifest. */
  files: ReadonlyMap<string, Uint8Array>
}

/** Options of `readCheckpoint`. */
export interface ReadCheckpointOptions {
  /** Whether weights that are NaN or infinite are accepted, to look at a run that diverged. Defaults to false. */
  allowNonFinite?: boolean
}

/**
 * Reads a checkpoint folder and checks that it is one, of a version known here, and whole: sha256 of `checkpoint.json`,
 * each of its fields, length and sha256 of each other file, place and shape of each tensor. Runs nothing that it reads.
 *
 * @throws TrainingError `CHECKPOINT_MISSING`, `CHECKPOINT_FOREIGN` or `CHECKPOINT_DAMAGED`, naming the file
 */
export async function readCheckpoint(
  path: string,
  { allowNonFinite = false }: ReadCheckpointOptions = {},
): Promise<Checkpoint> {
  const folder = resolve(path)
  const manifest = await readManifest(folder)
  const files = new Map<string, Uint8Array>()
  for (const [name, expected] of Object.entries(manifest.files)) {
    const file = join(folder, ...name.split('/'))
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw damaged(file, `a file of ${expected.bytes} bytes, received none`, cause)
    })
    if (bytes.byteLength !== expected.bytes) {
      throw damaged(file, `${expected.bytes} bytes, received ${bytes.byteLength}`)
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (sha256 !== expected.sha256) {
      throw damaged(file, `sha256 ${expected.sha256}, received ${sha256}`)
    }
    files.set(name, bytes)
  }
  const checkpoint = { path: folder, manifest, files }
  assertTensors(checkpoint, !allowNonFinite)
  return checkpoint
}

async function readManifest(folder: string): Promise<CheckpointManifest> {
  const path = join(folder, 'checkpoint.json')
  const content = await readSealedJson(path, checkpointFormat)
  if (!content) {
    throw new TrainingError(
      'CHECKPOINT_MISSING',
      `Checkpoint: expected a folder with a checkpoint.json, received ${folder}. ` +
        'Give a folder such as runs/default/version_0/checkpoints/<name>.',
    )
  }
  assertState(manifestSchema, content, path)
  return content as unknown as CheckpointManifest
}

function damaged(file: string, what: string, cause?: unknown): TrainingError {
  return new TrainingError(
    'CHECKPOINT_DAMAGED',
    `${file}: expected ${what}. It is damaged: take another checkpoint.`,
    { cause },
  )
}
