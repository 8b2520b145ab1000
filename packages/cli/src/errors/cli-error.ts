/** What went wrong, as scripts may ask it: `usage` exits with 2, `failed` with 1. */
export type CliErrorCode = 'usage' | 'failed'

/** Carries one clear line for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError'

  constructor(
    readonly code: CliErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

/** Makes the error of a command line that cannot be meant: exit code 2. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError('usage', message, cause === undefined ? undefined : { cause })
}

/** Makes the error of work that could not be done: exit code 1. */
export function failure(message: string, cause?: unknown): CliError {
  return new CliError('failed', message, cause === undefined ? undefined : { cause })
}
