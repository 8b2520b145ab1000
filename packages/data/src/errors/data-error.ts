/** Says what went wrong, for programs; the message says it for people. */
export type DataErrorCode =
  | 'invalid-options'
  | 'not-set-up'
  | 'files-missing'
  | 'bad-file'
  | 'download-failed'
  | 'disk'
  | 'worker'

/** Reports anything that `@ductus/data` cannot do: `<where>: expected …, received …. <fix>.` */
export class DataError extends Error {
  override readonly name = 'DataError'
  readonly code: DataErrorCode

  constructor(code: DataErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
  }
}

/** Turns anything thrown into a short text. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = (error as NodeJS.ErrnoException).code
  if (error.message !== '') return error.message
  return code ?? error.name
}
