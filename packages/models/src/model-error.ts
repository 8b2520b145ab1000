/** What went wrong, for programs; {@link ModelError.message} says it to people. */
export type ModelErrorCode =
  | 'BAD_DEFINITION'
  | 'BAD_FILE'
  | 'BAD_CONFIG'
  | 'BAD_OPTION'
  | 'BAD_INPUT'
  | 'BAD_SHAPE'
  | 'NO_BACKEND'
  | 'NOT_A_DUCTUS_MODEL'
  | 'UNKNOWN_MODEL'

/** The one error class of this package. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly code: ModelErrorCode

  constructor(code: ModelErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
