import type { Logger } from '@ductus/training'
import { usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import type { FitValues } from './trainer-options.js'

/** Makes the loggers that `--logger` names. */
export async function fitLoggers(values: FitValues): Promise<Logger[]> {
  const training = await import('@ductus/training')
  const { mlflowUri = process.env.MLFLOW_TRACKING_URI, experiment } = values
  const makers: Record<string, () => Logger> = {
    csv: () => new training.CSVLogger(),
    jsonl: () => new training.JSONLLogger(),
    tensorboard: () => new training.TensorBoardLogger(),
    mlflow: () =>
      new training.MLflowLogger({
        trackingUri: mlflowAddress(mlflowUri),
        ...(experiment === undefined ? {} : { experiment }),
      }),
    wandb: () =>
      new training.WandbLogger({
        finishAfterFit: false,
        ...(experiment === undefined ? {} : { project: experiment }),
      }),
  }
  const names = (values.logger ?? ['csv'])
    .flatMap((name) => name.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  const unknown = names.find((name) => !(name in makers))
  if (unknown !== undefined) {
    throw usageError(`Option --logger: ${unknownName('logger', unknown, Object.keys(makers))}`)
  }
  if (values.mlflowUri !== undefined && !names.includes('mlflow')) {
    throw usageError('Option --mlflow-uri: expected --logger mlflow beside it, received none.')
  }
  if (experiment !== undefined && !names.includes('mlflow') && !names.includes('wandb')) {
    throw usageError('Option --experiment: expected --logger mlflow or wandb, received none.')
  }
  return [...new Set(names)].map((name) => makers[name]!())
}

/** Ends what the end of a fit left open for a test's row: a service's own process would not end by itself. */
export async function finishLoggers(loggers: readonly Logger[]): Promise<void> {
  for (const logger of loggers) await (logger as { finish?(): Promise<void> }).finish?.()
}

function mlflowAddress(address: string | undefined): string {
  if (address !== undefined && /^https?:\/\//.test(address) && URL.canParse(address)) return address
  throw usageError(
    `Option --logger mlflow: expected --mlflow-uri (or MLFLOW_TRACKING_URI) to be an http address, received ${address ?? 'none'}. ` +
      'Start a server with "mlflow server" and give --mlflow-uri http://127.0.0.1:5000.',
  )
}
