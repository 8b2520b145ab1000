/** What went wrong, for programs; {@link BackendError.message} says it to people. */
export type BackendErrorCode =
  | 'UNKNOWN_BACKEND'
  | 'UNAVAILABLE'
  | 'NOT_CHOSEN'
  | 'STALE_WEIGHTS'
  | 'SECOND_CORE'
  | 'INVALID_ARGUMENT'
  | 'OUT_OF_MEMORY'
  | 'DUPLICATE_WEIGHT'

/** The one error class of this package. */
export class BackendError extends Error {
  override readonly name = 'BackendError'
  readonly code: BackendErrorCode

  constructor(code: BackendErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
