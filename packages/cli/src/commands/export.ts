import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Checkpoint } from '@ductus/training'
import { findCheckpoint } from '../checkpoints/find-checkpoint.js'
import { restoreModel, storedModel, zooName } from '../checkpoints/restore-model.js'
import { failure } from '../errors/cli-error.js'
import type { exportOptions } from '../options/checkpoint-options.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import { createPrinter } from '../terminal/printer.js'
import { shownPath } from './describe-run.js'

const usualName = {
  tfjs: 'model-tfjs',
  safetensors: 'model.safetensors',
  onnx: 'model.onnx',
} as const

type Format = keyof typeof usualName

/** Writes the network of a checkpoint in a form that other programs open. */
export async function exportModel({
  values,
  io,
}: CommandCall<OptionValues<typeof exportOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { readCheckpoint } = await import('@ductus/training')
  const checkpoint = await readCheckpoint(await findCheckpoint(values.checkpoint, values))
  const format = (values.format ?? 'tfjs') as Format
  const out = resolve(values.out ?? usualName[format])
  if (format === 'tfjs') await writeTfjs(checkpoint, out)
  else await writeWhole(out, await exportedBytes(checkpoint, format, values.model))
  printer.json({ status: 'completed', format, path: out, checkpoint: checkpoint.path })
  printer.result(`Wrote ${shownPath(out)} (${format}) from ${shownPath(checkpoint.path)}`)
  return 0
}

/** The checkpoint's own files are what plain tf.loadLayersModel opens. */
async function writeTfjs(checkpoint: Checkpoint, folder: string): Promise<void> {
  const { key } = storedModel(checkpoint)
  for (const name of ['model.json', 'weights.bin']) {
    const bytes = checkpoint.files.get(`${key}/${name}`)
    if (!bytes) throw failure(`Checkpoint "${checkpoint.path}" has no ${key}/${name}.`)
    await writeWhole(join(folder, name), bytes)
  }
}

async function exportedBytes(
  checkpoint: Checkpoint,
  format: Exclude<Format, 'tfjs'>,
  override: string | undefined,
): Promise<Uint8Array> {
  const { useBackend } = await import('@ductus/backend')
  const { ModelError, exportOnnx, exportSafetensors } = await import('@ductus/models')
  await useBackend('cpu')
  const model = await restoreModel(checkpoint, override)
  try {
    return await (format === 'onnx' ? exportOnnx(model) : exportSafetensors(model))
  } catch (error) {
    const isOwn = override === undefined && zooName(checkpoint) === undefined
    if (!isOwn || !(error instanceof ModelError)) throw error
    throw failure(
      `${error.message} Or add --model ./file.ts, the model it was trained with.`,
      error,
    )
  } finally {
    model.dispose()
  }
}

/** Writes a file under a temporary name and renames it. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.${process.pid}.part`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(part, bytes)
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}
