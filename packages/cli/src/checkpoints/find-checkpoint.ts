import { failure, usageError } from '../errors/cli-error.js'

/** Where checkpoints are looked for. */
export interface CheckpointPlace {
  rootDir?: string
  name?: string
  /** The run that `best` and `last` are of, where one was named. */
  runDir?: string
}

/**
 * Finds the folder of a checkpoint to evaluate, as `@ductus/training` does: what `--checkpoint` names, or the best one of
 * the run.
 *
 * @throws CliError naming the option, where there is none
 */
export async function findCheckpoint(
  text: string | undefined,
  place: CheckpointPlace,
): Promise<string> {
  const training = await import('@ductus/training')
  try {
    return await training.findCheckpoint(text, { ...place, purpose: 'evaluate' })
  } catch (error) {
    if (!(error instanceof training.TrainingError)) throw error
    const { code, message } = error
    if (code !== 'CHECKPOINT_MISSING' && code !== 'CHECKPOINT_FOREIGN') throw error
    const said = message.replace(/^Checkpoint: /, '')
    const isPath = text !== undefined && text !== 'best' && text !== 'last'
    if (isPath) throw usageError(`Option --checkpoint: ${said}`, error)
    throw failure(
      `Checkpoint: ${said.replace(/, or fit first\.$/, `, or train: ductus fit.`)}`,
      error,
    )
  }
}
