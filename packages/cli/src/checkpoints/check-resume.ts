import type { Checkpoint } from '@ductus/training'
import { usageError } from '../errors/cli-error.js'
import { trainedData } from './data-of-checkpoint.js'
import { storedModel, zooName } from './restore-model.js'

/** What `fit` takes where the command line names nothing. */
const usual = { model: 'MLP', data: 'MNIST' } as const

/**
 * Checks that a fit to resume is given the model and the data of its run: a checkpoint says which they were, but what is
 * built is what the command line names.
 *
 * @throws CliError saying what to add
 */
export async function checkResume(values: {
  resume?: string
  model?: string
  data?: string
  name?: string
  rootDir?: string
}): Promise<void> {
  const { resume, model, data, name = 'default', rootDir = 'runs' } = values
  if (resume === undefined || (model !== undefined && data !== undefined)) return
  const { TrainingError, findCheckpoint, readCheckpoint } = await import('@ductus/training')
  let checkpoint: Checkpoint
  try {
    const path = await findCheckpoint(resume, { rootDir, name, purpose: 'resume' })
    checkpoint = await readCheckpoint(path)
  } catch (error) {
    // The fit itself says what is wrong, or that it starts a new run.
    if (error instanceof TrainingError) return
    throw error
  }
  if (model === undefined) {
    const { stored } = storedModel(checkpoint)
    assertNamed('model', checkpoint, zooName(checkpoint), stored.name)
  }
  if (data === undefined) {
    const { name: trained, entry } = trainedData(checkpoint)
    assertNamed('data', checkpoint, entry, trained)
  }
}

function assertNamed(
  what: 'model' | 'data',
  { path }: Checkpoint,
  known: string | undefined,
  name: string | null | undefined,
): void {
  if (known === usual[what] || (known === undefined && typeof name !== 'string')) return
  throw usageError(
    known === undefined
      ? `Option --resume: "${path}" was trained with --${what} of a file of your own (${JSON.stringify(name)}). ` +
          `Code is run only where you name it: add --${what} ./file.ts.`
      : `Option --resume: "${path}" was trained with --${what} ${known}, received none. Add --${what} ${known}.`,
  )
}
